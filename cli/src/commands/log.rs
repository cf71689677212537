//! `neonform log`: what the journals of recent applies tell. No network, no policy.

use neonform_engine::diagnostic::{Diagnostic, Failure, codes};

use super::Ending;
use crate::args::{Format, LogArgs};
use crate::journal::{self, Run};
use crate::output::log;
use crate::print;
use crate::session::Session;

/// How many runs an error lists.
const LISTED: usize = 5;

/// Prints recent runs, or one.
pub(super) fn run(session: &Session, args: &LogArgs) -> Result<Ending, Failure> {
    let format = session.global.output;
    let all = journal::list(&session.working);
    let Some(wanted) = &args.run else {
        let runs = all
            .into_iter()
            .take(args.number)
            .map(|(id, read)| read().map_err(|cause| unreadable(&id, &cause)));
        let runs = runs.collect::<Result<Vec<Run>, Failure>>()?;
        match format {
            Format::Json => print::json(&log::json(&runs, false)),
            _ => print::human(|out| log::table(out, &runs, session.page)),
        }
        return Ok(Ending::Done);
    };
    let ids: Vec<String> = all.iter().map(|(id, _)| id.clone()).collect();
    let place = find(&ids, wanted)?;
    let Some((id, read)) = all.into_iter().nth(place) else { return Err(unknown(&ids, wanted)) };
    let run = read().map_err(|cause| unreadable(&id, &cause))?;
    match format {
        Format::Json => print::json(&log::json(&[run], true)),
        _ => print::human(|out| log::run(out, session.page, &run)),
    }
    Ok(Ending::Done)
}

/// The place of the run that is meant: the last one, or the one whose id begins so.
fn find(ids: &[String], wanted: &str) -> Result<usize, Failure> {
    if wanted == "last" && !ids.is_empty() {
        return Ok(0);
    }
    let mut matching = ids.iter().enumerate().filter(|(_, id)| id.starts_with(wanted));
    match (matching.next(), matching.next()) {
        (Some((place, _)), None) if !wanted.is_empty() => Ok(place),
        _ => Err(unknown(ids, wanted)),
    }
}

fn unknown(ids: &[String], wanted: &str) -> Failure {
    if ids.is_empty() {
        return Diagnostic::error(codes::USAGE, "no apply has left a journal here")
            .fix("run neonform log in the repository in which neonform apply was run")
            .into();
    }
    let matching: Vec<&String> = ids.iter().filter(|id| id.starts_with(wanted)).collect();
    let (summary, offered) = if matching.is_empty() {
        ("there is no journal of such a run", ids.iter().collect())
    } else {
        ("several runs begin so", matching)
    };
    let names: Vec<&str> = offered.iter().take(LISTED).map(|id| id.as_str()).collect();
    let more = if offered.len() > LISTED { ", …" } else { "" };
    Diagnostic::error(codes::USAGE, summary)
        .found(format!("{wanted:?}"))
        .expected(format!("last, or one of {}{more}", names.join(", ")))
        .fix("see neonform log for the runs that there are")
        .into()
}

fn unreadable(run: &str, cause: &std::io::Error) -> Failure {
    Diagnostic::error(codes::JOURNAL, "the journal of a run cannot be read")
        .found(format!("run {run}: {cause}"))
        .fix("make the files in .neonform/journal readable, or delete them")
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_found_by_the_beginning_of_its_id() {
        let ids = ["abc1", "abd2", "f00d"].map(str::to_owned);
        let place = |wanted| find(&ids, wanted).ok();
        assert_eq!(["last", "f", "abc", "abd2"].map(place), [Some(0), Some(2), Some(0), Some(1)]);
        assert_eq!(["ab", "", "zzz"].map(place), [None; 3]);
        assert_eq!(find(&[], "last").ok(), None);
    }
}
