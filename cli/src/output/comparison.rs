//! What differs between two states, in every format that a plan has but the reference's, which compares nothing.

use neonform_engine::change::Action;
use neonform_engine::diagnostic::{Diagnostic, Failure, codes};
use neonform_engine::node::Position;
use serde_json::{Value as Json, json};

use super::{github, human, json as plan_json, markdown, remarks, sarif};
use crate::args::Format;
use crate::comparison::Comparison;
use crate::policy_file::NAMES;
use crate::print;
use crate::session::Session;

/// The version of the JSON.
const VERSION: u32 = 1;

/// Refuses a format that has no words for a comparison.
///
/// # Errors
/// When the format is one.
pub fn check(format: Format) -> Result<(), Failure> {
    if format != Format::NeonJson {
        return Ok(());
    }
    Err(Diagnostic::error(
        codes::USAGE,
        "the neon command line compares nothing, so its JSON has no words for it",
    )
    .fix("pass --output json")
    .into())
}

/// Prints one comparison.
pub fn print(session: &Session, found: &Comparison) {
    match session.global.output {
        Format::Human => print::human(|out| human::comparison(out, session.page, found)),
        Format::Json | Format::NeonJson => {
            let mut fields = json!({ "version": VERSION, "command": "diff" });
            extend(&mut fields, found);
            print::json(&fields);
        }
        Format::Markdown => print::line(markdown::comparison(found).trim_end()),
        Format::Sarif | Format::Github => remarked(session.global.output, std::slice::from_ref(found)),
    }
}

/// Prints several, each of a file with its branch.
pub fn print_checked(session: &Session, found: &[Comparison]) {
    match session.global.output {
        Format::Human => {
            print::human(|out| found.iter().try_for_each(|found| human::comparison(out, session.page, found)))
        }
        Format::Json | Format::NeonJson => {
            let entry = |found: &Comparison| {
                let mut fields = json!({});
                extend(&mut fields, found);
                fields
            };
            let snapshots: Vec<Json> = found.iter().map(entry).collect();
            print::json(&json!({ "version": VERSION, "command": "snapshot", "snapshots": snapshots }));
        }
        Format::Markdown => {
            let comments: Vec<String> = found.iter().map(markdown::comparison).collect();
            print::line(comments.join("\n").trim_end());
        }
        Format::Sarif | Format::Github => remarked(session.global.output, found),
    }
}

/// As remarks about the files that are compared.
fn remarked(format: Format, found: &[Comparison]) {
    let about = |found: &Comparison| {
        let mut remarks = remarks::plan(&found.plan, &[], None);
        for remark in &mut remarks {
            remark.at.get_or_insert_with(|| Position {
                file: found.file.as_str().into(),
                line: 1,
                column: 1,
            });
        }
        remarks
    };
    let remarks: Vec<_> = found.iter().flat_map(about).collect();
    if format == Format::Sarif {
        print::json(&sarif::log(&remarks, NAMES[0], true));
    } else {
        let line = |found: &Comparison| format!("From {} to {}: {}", found.from, found.to, summary(found));
        let lines: Vec<String> = found.iter().map(line).collect();
        print::line(&github::annotations(Some(&lines.join("; ")), &remarks));
    }
}

fn extend(fields: &mut Json, found: &Comparison) {
    let plan = plan_json::plan(&found.plan, None);
    fields["from"] = found.from.as_str().into();
    fields["to"] = found.to.as_str().into();
    fields["differs"] = (!found.is_empty()).into();
    fields["changes"] = plan["changes"].clone();
    fields["unchanged"] = plan["unchanged"].clone();
}

/// How many resources differ, in words.
pub fn summary(found: &Comparison) -> String {
    let number = |action| found.plan.changes().filter(|(_, change)| change.action == action).count();
    let parts = [
        (number(Action::Create), "only in the second"),
        (number(Action::Update), "different"),
        (number(Action::Delete), "only in the first"),
        (found.plan.unchanged.len(), "the same"),
    ];
    let parts = parts.iter().filter(|(number, _)| *number > 0);
    parts.map(|(number, words)| format!("{number} {words}")).collect::<Vec<_>>().join(", ")
}
