//! What can go wrong with one request.

use std::collections::BTreeSet;
use std::time::Duration;

use neonform_local::{Delivery, Edit, Fault};
use serde_json::{Value as Json, json};

/// A way to go wrong.
pub(super) struct Wrong {
    pub(super) name: String,
    pub(super) fault: Fault,
    /// Whether it is the answer that lies: of what is then done nobody can expect much, but that the
    /// next run mends it.
    pub(super) lies: bool,
}

/// Longer than the client waits.
const SILENCE: Duration = Duration::from_secs(3);
/// Longer than one wait between two attempts.
const A_WHILE: Duration = Duration::from_millis(60);

/// A page as a proxy sends it.
const PAGE: &str = "<html><body><h1>Please wait</h1></body></html>";

/// Everything that can go wrong with any request.
pub(super) fn common() -> Vec<Wrong> {
    let once = || Fault { times: Some(1), ..Fault::default() };
    let late = |fault: Fault| Fault { after_effect: true, ..fault };
    let status = |status| Fault { status, message: "injected".to_owned(), ..once() };
    let page = |status| Fault { status, plain_text: Some(PAGE.to_owned()), ..once() };
    let hang_up = || Fault { hang_up: true, ..once() };
    let silent = || Fault { silence: Some(SILENCE), ..once() };
    let delivered = |delivery| Fault { delivery: Some(delivery), ..once() };
    let lasting = |status| Fault { times: None, lasts: Some(A_WHILE), ..self::status(status) };
    let throughout = |fault: Fault| Fault { times: None, ..fault };
    let named = |name: &str, fault| Wrong { name: name.to_owned(), fault, lies: false };
    let mut all = vec![
        named("nobody listens", Fault { refuse: Some(A_WHILE), ..once() }),
        named("reset before", hang_up()),
        named("reset after", late(hang_up())),
        named("reset before, throughout", throughout(hang_up())),
        named("reset after, throughout", throughout(late(hang_up()))),
        named("timeout before", silent()),
        named("timeout after", late(silent())),
        named("slow body", delivered(Delivery::Slowly(Duration::from_millis(80)))),
        named("cut off", delivered(Delivery::CutOff)),
        named("invalid JSON", delivered(Delivery::Garbled)),
        named("invalid JSON, throughout", throughout(delivered(Delivery::Garbled))),
        named("422", status(422)),
        named("423 for a while", lasting(423)),
        named("429", status(429)),
        named("429 with Retry-After", Fault { retry_after: Some(1), ..status(429) }),
        named("500 before", status(500)),
        named("500 after", late(status(500))),
        named("500 before, throughout", throughout(status(500))),
        named("500 after, throughout", throughout(late(status(500)))),
        named("502 page before", page(502)),
        named("502 page after", late(page(502))),
        named("503 for a while", lasting(503)),
        named("page instead", page(200)),
        named("page after", late(page(200))),
        named("delivered twice, first answer", delivered(Delivery::TwiceFirst)),
        named("delivered twice, second answer", delivered(Delivery::TwiceSecond)),
    ];
    all.push(lie("nothing in it", |answer| *answer = json!({})));
    all
}

fn status(status: u16) -> Fault {
    Fault { status, message: "injected".to_owned(), times: Some(1), ..Fault::default() }
}

fn lie(name: &str, edit: impl Fn(&mut Json) + Send + Sync + 'static) -> Wrong {
    let delivery = Some(Delivery::Edited(Edit::new(edit)));
    Wrong { name: name.to_owned(), fault: Fault { times: Some(1), delivery, ..Fault::default() }, lies: true }
}

/// What can go wrong with this answer: each field left out, each word of a list of words another.
pub(super) fn with_answer(answer: &Json) -> Vec<Wrong> {
    let mut fields = BTreeSet::new();
    each_field(answer, &mut |name, value| {
        fields.insert((name.to_owned(), value.is_string()));
    });
    let mut all = Vec::new();
    for (field, is_text) in fields {
        let name = field.clone();
        all.push(lie(&format!("without {field}"), move |answer| leave_out(answer, &name)));
        if is_text && WORDS.contains(&field.as_str()) {
            let name = format!("unknown {field}");
            all.push(lie(&name, move |answer| replace(answer, &field)));
        }
    }
    all
}

/// Fields that hold one of a list of words.
const WORDS: [&str; 8] =
    ["type", "status", "access_level", "runtime", "entity_type", "auth_provider", "current_state", "action"];

fn each_field(value: &Json, see: &mut impl FnMut(&str, &Json)) {
    match value {
        Json::Object(fields) => fields.iter().for_each(|(name, value)| {
            see(name, value);
            each_field(value, see);
        }),
        Json::Array(items) => items.iter().for_each(|item| each_field(item, see)),
        _ => {}
    }
}

fn leave_out(value: &mut Json, field: &str) {
    match value {
        Json::Object(fields) => {
            fields.shift_remove(field);
            fields.values_mut().for_each(|value| leave_out(value, field));
        }
        Json::Array(items) => items.iter_mut().for_each(|item| leave_out(item, field)),
        _ => {}
    }
}

fn replace(value: &mut Json, field: &str) {
    match value {
        Json::Object(fields) => {
            if fields.get(field).is_some_and(Json::is_string) {
                fields.insert(field.to_owned(), json!("of_tomorrow"));
            }
            fields.values_mut().for_each(|value| replace(value, field));
        }
        Json::Array(items) => items.iter_mut().for_each(|item| replace(item, field)),
        _ => {}
    }
}
