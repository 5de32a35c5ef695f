use crate::listing::{Page, Pass, Step};
use crate::wire::json::Json;

fn page(ids: &[u32], sorter: Option<(u32, u32)>) -> Page {
    let rows: Vec<_> = ids.iter().map(|id| format!(r#"{{"id":"{id}"}}"#)).collect();
    let sorter = sorter.map_or(String::new(), |(pages, total)| {
        format!(r#","sorter":{{"perpage":2,"totalpages":{pages},"sorterrecords":"{total}","sorterpage":1}}"#)
    });
    let text = format!(r#"{{"accounts":[{}]{sorter}}}"#, rows.join(","));
    Page::read(&Json::parse(&text).unwrap(), "accounts").unwrap()
}

fn ids(pass: Pass) -> Option<Vec<String>> {
    Some(pass.finish()?.into_keys().collect())
}

#[test]
fn a_single_page_is_read_once() {
    let mut pass = Pass::default();
    assert_eq!(pass.take(page(&[2, 1], Some((1, 2)))), Step::End);
    assert_eq!(ids(pass), Some(vec!["1".into(), "2".into()]));

    let mut pass = Pass::default();
    assert_eq!(pass.take(page(&[], Some((1, 0)))), Step::End);
    assert_eq!(ids(pass), Some(vec![]));
}

#[test]
fn pages_are_counted_from_zero_and_the_first_is_seen_again() {
    let mut pass = Pass::default();
    assert_eq!(pass.take(page(&[5, 4], Some((3, 5)))), Step::Read(1));
    assert_eq!(pass.take(page(&[3, 2], Some((3, 5)))), Step::Read(2));
    assert_eq!(pass.take(page(&[1], Some((3, 5)))), Step::LookAgain);
    pass.look_again(page(&[5, 4], Some((3, 5))));
    assert_eq!(ids(pass).map(|ids| ids.len()), Some(5));
}

#[test]
fn a_row_created_while_paging_is_not_lost() {
    let mut pass = Pass::default();
    pass.take(page(&[4, 3], Some((2, 4))));
    assert_eq!(pass.take(page(&[3, 2], Some((3, 5)))), Step::Read(2));
    assert_eq!(pass.take(page(&[1], Some((3, 5)))), Step::LookAgain);
    pass.look_again(page(&[5, 4], Some((3, 5))));
    assert_eq!(ids(pass).map(|ids| ids.len()), Some(5));
}

#[test]
fn a_row_deleted_while_paging_makes_the_reading_unusable() {
    // 4 was deleted after page 0; 2 moved onto page 0 and was never seen. The numbers alone add up.
    let mut pass = Pass::default();
    pass.take(page(&[4, 3], Some((2, 4))));
    assert_eq!(pass.take(page(&[1], Some((2, 3)))), Step::LookAgain);
    pass.look_again(page(&[3, 2], Some((2, 3))));
    assert_eq!(ids(pass), None);
}

#[test]
fn a_row_that_only_vanished_from_the_first_page_makes_the_reading_unusable() {
    let mut pass = Pass::default();
    pass.take(page(&[4, 3], Some((2, 4))));
    pass.take(page(&[2, 1], Some((2, 4))));
    pass.look_again(page(&[3], Some((2, 4))));
    assert_eq!(ids(pass), None);
}

#[test]
fn a_total_that_does_not_match_makes_the_reading_unusable() {
    let mut pass = Pass::default();
    assert_eq!(pass.take(page(&[2, 1], Some((1, 3)))), Step::End);
    assert_eq!(ids(pass), None);
}

#[test]
fn a_page_that_repeats_ends_the_list() {
    let mut pass = Pass::default();
    assert_eq!(pass.take(page(&[2, 1], Some((9, 4)))), Step::Read(1));
    assert_eq!(pass.take(page(&[2, 1], Some((9, 4)))), Step::End);
    assert_eq!(ids(pass), None, "the page parameter is ignored, and two rows were never shown");
}

#[test]
fn without_a_sorter_the_list_ends_with_an_empty_or_a_repeated_page() {
    for last in [&[][..], &[1][..]] {
        let mut pass = Pass::default();
        assert_eq!(pass.take(page(&[3, 2], None)), Step::Read(1));
        assert_eq!(pass.take(page(&[1], None)), Step::Read(2));
        assert_eq!(pass.take(page(last, None)), Step::LookAgain);
        pass.look_again(page(&[3, 2], None));
        assert_eq!(ids(pass).map(|ids| ids.len()), Some(3));
    }
    let mut pass = Pass::default();
    assert_eq!(pass.take(page(&[], None)), Step::End);
    assert_eq!(ids(pass), Some(vec![]));
}

#[test]
fn a_row_without_an_id_is_named() {
    let json = Json::parse(r#"{"accounts":[{"id":"1"},{"domain":"x"}]}"#).unwrap();
    let problem = Page::read(&json, "accounts").err().map(|problem| problem.to_string());
    assert_eq!(problem.as_deref(), Some("accounts[1].id has no id"));
    let json = Json::parse(r#"{"clients":[]}"#).unwrap();
    let problem = Page::read(&json, "accounts").err().map(|problem| problem.to_string());
    assert_eq!(problem.as_deref(), Some("accounts is missing"));
}
