//! Subscription tags: POST replaces all, all-null deletes, the answer is `true` (*documented*, crayon §9.8).

use super::face::Call;
use super::input::{Input, body};
use super::model::Model;
use super::output::tag_members;
use super::subscriptions::Tags;
use crate::http::Reply;

/// `GET subscriptions/{id}/tags`.
pub(crate) fn get(model: &mut Model, call: &Call<'_>) -> Reply {
    let row = model.subscriptions.get(call.id(0)).filter(|row| model.sees(call, row.organisation));
    let Some(row) = row else { return model.not_found() };
    let tags = row.extra.as_deref().and_then(|known| known.tags.clone()).unwrap_or_default();
    model.reply(|json| tag_members(json, "", row.id, &tags, row.created))
}

/// `POST subscriptions/{id}/tags`.
pub(crate) fn set(model: &mut Model, call: &Call<'_>) -> Reply {
    let value = body(call.request);
    store(model, call, read(Input::of(&value)))
}

/// `DELETE subscriptions/{id}/tags`: no body in the answer.
pub(crate) fn delete(model: &mut Model, call: &Call<'_>) -> Reply {
    let reply = store(model, call, None);
    if reply.status == 200 { Reply::empty(200) } else { reply }
}

/// Tags of an object; none when all are null.
pub(crate) fn read(input: Input<'_>) -> Option<Tags> {
    let tags = Tags {
        cost_center: input.get("CostCenter").owned(),
        department: input.get("Department").owned(),
        project: input.get("Project").owned(),
        custom: input.get("Custom").owned(),
        owner: input.get("Owner").owned(),
    };
    (tags != Tags::default()).then_some(tags)
}

fn store(model: &mut Model, call: &Call<'_>, tags: Option<Tags>) -> Reply {
    let id = call.id(0);
    let seen = model.subscriptions.get(id).is_some_and(|row| model.sees(call, row.organisation));
    match model.subscriptions.get_mut(id).filter(|_| seen) {
        Some(row) => {
            row.extra_mut().tags = tags;
            Model::yes()
        }
        None => model.not_found(),
    }
}
