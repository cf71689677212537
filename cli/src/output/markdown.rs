//! A plan as a comment on a pull request: the summary first, the changes folded.
//!
//! Names come from policies and servers of strangers: in the text they are escaped, and the fence around the changes is
//! longer than any run of backticks in them. A comment has at most 65,536 characters; what does not fit is left out
//! with a note.

use std::io::{self, Write};

use anstream::StripStream;
use neonform_engine::diagnostic::{Diagnostic, Severity};
use neonform_engine::gate::Missing;
use neonform_engine::plan::Plan;

use super::comparison::summary;
use super::page::Page;
use super::text::{count, printable};
use super::{diagnostics, human};
use crate::comparison::Comparison;

/// Characters that a comment may have, with room for the note.
pub(super) const MOST: usize = 65_536 - 256;

/// The comment.
pub fn plan(plan: &Plan, missing: &[Missing], show_unmanaged: bool) -> String {
    let mut head = format!("### Plan for branch {}\n\n", code(&plan.target.name));
    head += &format!("**{}**\n", headline(plan));
    for need in missing {
        head += &format!("\nApply needs `{}`.\n", need.flag());
    }
    if plan.is_empty() && plan.drift.is_empty() && plan.undeclared.is_empty() {
        return head;
    }
    let text = plan_text(plan, missing, show_unmanaged);
    head + &folded("Changes", "diff", &text, MOST)
}

/// A plan in one line.
pub fn headline(plan: &Plan) -> String {
    match (plan.is_empty(), plan.drift.is_empty()) {
        (true, true) => "No changes.".to_owned(),
        (true, false) => "No changes to make; something differs that is not changed.".to_owned(),
        (false, _) => format!("{}.", human::summary(plan)),
    }
}

/// Why there is no plan.
pub fn failure(problems: &[Diagnostic]) -> String {
    let errors = problems.iter().filter(|problem| problem.severity == Severity::Error).count();
    let head = format!("### Plan failed\n\n**{}**\n", count(errors, "error"));
    head + &folded("Problems", "text", &diagnostics::text(problems), MOST)
}

/// What differs between two states.
pub fn comparison(found: &Comparison) -> String {
    let head = format!("### From {} to {}\n\n", code(&found.from), code(&found.to));
    if found.is_empty() {
        return head + "**No differences.**\n";
    }
    let text = text(|out| human::comparison(out, Page::default(), found));
    format!("{head}**{}**\n{}", summary(found), folded("Differences", "diff", &text, MOST))
}

/// The plan as people read it, without colours.
pub(super) fn plan_text(plan: &Plan, missing: &[Missing], show_unmanaged: bool) -> String {
    text(|out| human::plan(out, Page::default(), plan, missing, show_unmanaged))
}

/// What people read, without colours.
fn text(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> String {
    let mut out = StripStream::new(Vec::new());
    // Writing to memory does not fail.
    let _ = write(&mut out);
    let _ = out.flush();
    let text = String::from_utf8_lossy(&out.into_inner()).into_owned();
    // The signs at the beginning of the line are what a diff is coloured by.
    text.lines()
        .map(|line| line.strip_prefix("  ").filter(|rest| !rest.starts_with(' ')).unwrap_or(line))
        .fold(String::new(), |mut all, line| {
            all.push_str(line);
            all.push('\n');
            all
        })
}

/// A text behind its title, which is HTML; at most so many characters of it.
pub(super) fn folded(title: &str, language: &str, text: &str, most: usize) -> String {
    let fence = "`".repeat(longest_run(text).max(2) + 1);
    let mut body = String::new();
    let mut length = 0;
    let mut lines = text.lines();
    for line in lines.by_ref() {
        length += line.chars().count() + 1;
        if length > most {
            // The line that did not fit counts as left out.
            let left = 1 + lines.count();
            body += &format!("… {left} more lines; the job's log has all of them\n");
            break;
        }
        body.push_str(line);
        body.push('\n');
    }
    format!("\n<details><summary>{title}</summary>\n\n{fence}{language}\n{body}{fence}\n\n</details>\n")
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// A name within a line of text, whatever it holds.
pub(super) fn code(name: &str) -> String {
    format!("<code>{}</code>", plain(name))
}

/// A text in which nothing is markup.
pub(super) fn plain(text: &str) -> String {
    let escaped = printable(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    // Neither a mention nor a link nor emphasis nor another column works inside.
    ['#', '@', '*', '_', '`', '[', '~', '|']
        .iter()
        .fold(escaped, |text, special| text.replace(*special, &format!("&#{};", u32::from(*special))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fence_is_longer_than_what_it_holds() {
        let comment = folded("Changes", "diff", "a ```` b\n```\n", 1_000);
        assert!(comment.contains("\n`````diff\n") && comment.contains("\n`````\n"), "{comment}");
    }

    #[test]
    fn a_long_plan_is_cut_with_a_note() {
        let text = "+ function.x\n".repeat(10_000);
        let comment = folded("Changes", "diff", &text, MOST);
        assert!(comment.chars().count() <= 65_536, "{}", comment.chars().count());
        assert!(comment.contains(" more lines; the job's log"));
    }

    #[test]
    fn a_hostile_name_stays_a_name() {
        let shown = code("</code><img src=x>@everyone\n# x");
        assert_eq!(shown, "<code>&lt;/code&gt;&lt;img src=x&gt;&#64;everyone\\n&#35; x</code>");
    }
}
