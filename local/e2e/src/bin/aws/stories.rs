//! The stories, each named after the promise that it holds us to.

mod deployment;
mod failures;
mod late;
mod orders;
mod runbook;
mod runs;

use crate::world::World;
use e2e::Trouble;
use futures::future::LocalBoxFuture;

/// A story, told in a world of its own.
pub(crate) type Story = for<'a> fn(&'a World) -> LocalBoxFuture<'a, Result<(), Trouble>>;

macro_rules! stories {
    ($($module:ident::$name:ident,)*) => {
        &[$((stringify!($name), |world| Box::pin($module::$name(world)))),*]
    };
}

/// Every story by its name; those that take longest come first.
pub(crate) const STORIES: &[(&str, Story)] = stories![
    failures::a_rotated_secret_is_used_by_the_next_run_without_a_deployment,
    late::a_secret_rotated_in_the_middle_of_a_run_is_used_by_that_very_run,
    late::a_function_that_lambda_ends_at_its_time_out_is_tried_again_and_nothing_is_done_twice,
    failures::a_function_that_is_killed_is_tried_again_and_nothing_is_done_twice,
    failures::an_event_that_fails_to_the_last_attempt_waits_in_the_dead_letters_and_can_be_handed_over_again,
    failures::a_run_that_is_out_of_time_goes_on_through_the_bus_to_its_end,
    failures::a_secret_that_cannot_be_read_stops_the_work_says_so_and_is_cured_by_writing_it_again,
    late::an_event_that_comes_long_after_it_was_sent_changes_nothing_that_has_moved_on,
    runbook::a_table_that_is_away_rings_and_what_failed_meanwhile_is_done_once_it_is_back,
    runbook::pages_that_do_not_start_ring_name_the_secret_and_answer_once_it_is_written_again,
    runbook::an_order_that_is_held_rings_says_why_and_goes_on_when_it_is_told_to,
    runbook::functions_that_are_held_back_ring_and_do_their_work_once_more_is_allowed,
    runbook::a_table_restored_to_a_point_in_time_is_the_same_and_a_new_stack_goes_on_from_it,
    orders::an_order_that_is_told_of_twice_out_of_order_and_late_is_bought_and_billed_once,
    runs::the_schedule_starts_a_run,
    runs::a_run_asked_for_over_http_goes_through_the_bus_into_billing,
    runs::an_approved_order_is_bought_and_billed_by_functions_that_tell_each_other,
    runs::an_event_that_comes_twice_or_out_of_order_is_done_once,
    deployment::a_deployment_from_nothing_answers_people_and_programs,
    deployment::deploying_again_without_a_change_changes_nothing,
    deployment::a_change_to_one_function_leaves_the_others_as_they_are,
    deployment::a_function_reaches_its_own_table_and_no_other,
    deployment::every_function_is_refused_what_belongs_to_another_deployment,
    deployment::two_deployments_in_one_account_know_nothing_of_each_other,
    deployment::a_table_moves_to_a_file_and_to_another_deployment_unchanged,
    deployment::what_is_deleted_leaves_its_table_and_nothing_else,
];
