//! Whether a branch was made by an apply here that did not come to its end.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use neonform_engine::target::Target;
use serde_json::Value as Json;

use crate::journal::{self, Run, State};

/// How far the platform's clock may be from this machine's.
const SKEW: SignedDuration = SignedDuration::from_mins(5);

/// Whether the journals say so: a creation that was killed or failed, and no whole apply since. The branch has to be of
/// its time: one that somebody else made in its place later is none of it.
pub fn is(working: &Path, target: &Target) -> bool {
    for (_, read) in journal::list(working) {
        let Ok(run) = read() else { continue };
        if run.header("branch") != Some(&target.name) || run.header("project") != Some(&target.project) {
            continue;
        }
        if run.state == State::Running || run.state == State::Ended("done".to_owned()) {
            return false;
        }
        if run.header("branchId").is_none() && run.events("request").any(is_creation) {
            return target.created_at.is_some_and(|created| is_of_its_time(&run, created));
        }
    }
    false
}

fn is_creation(request: &Json) -> bool {
    request["operation"] == "createBranch"
}

fn is_of_its_time(run: &Run, created: Timestamp) -> bool {
    let time = |line: Option<&Json>| line.and_then(|line| line["time"].as_str()?.parse::<Timestamp>().ok());
    let (began, ended) = (time(run.lines.first()), time(run.lines.last()));
    began.is_some_and(|began| created.duration_since(began) > -SKEW)
        && ended.is_some_and(|ended| created.duration_since(ended) < SKEW)
}
