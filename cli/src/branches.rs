//! Plans for several branches of a project: which ones are meant, and the plan of each.
//!
//! The policy is loaded once and its closure asked about one branch after the other; live state is
//! read for a few branches at a time, at the pace that the client keeps. What fails for one branch is
//! that branch's result and nobody else's.

use fast_glob::{glob_match, validate};
use futures::stream::{self, StreamExt};
use neonform_engine::diagnostic::{Diagnostic, Failure, codes};
use neonform_engine::plan::Plan;
use neonform_engine::target::Target;
use neonform_neon::target::{self, Found};

use crate::pipeline::{self, Request};
use crate::progress;

/// Branches that are read at the same time; each is some ten requests.
const AT_ONCE: usize = 4;
/// Names that an error lists.
const LISTED: usize = 10;

/// One branch, and what became of planning for it.
pub struct Row {
    /// The branch.
    pub target: Target,
    /// Its plan, or its problems.
    pub plan: Result<Plan, Failure>,
}

/// Which branches are meant.
#[derive(Debug, Default)]
pub struct Chosen {
    /// Patterns of names that are meant; none stands for every branch.
    wanted: Vec<String>,
    unwanted: Vec<String>,
}

impl Chosen {
    /// The branches that these patterns mean, or all; `!` excludes, and a `*` does not cross a slash.
    ///
    /// # Errors
    /// Every pattern that is none.
    pub fn new(patterns: &[String]) -> Result<Self, Failure> {
        let mut chosen = Self::default();
        let mut problems = Vec::new();
        for pattern in patterns {
            let (list, text) = match pattern.strip_prefix('!') {
                Some(rest) => (&mut chosen.unwanted, rest),
                None => (&mut chosen.wanted, pattern.as_str()),
            };
            match validate(text) {
                Ok(()) => list.push(text.to_owned()),
                Err(cause) => problems.push(malformed(pattern, cause.to_string())),
            }
        }
        if problems.is_empty() { Ok(chosen) } else { Err(Failure(problems)) }
    }

    fn means(&self, name: &str) -> bool {
        let one_of = |patterns: &[String]| patterns.iter().any(|pattern| glob_match(pattern, name));
        (self.wanted.is_empty() || one_of(&self.wanted)) && !one_of(&self.unwanted)
    }

    fn written(&self) -> String {
        let excluded = self.unwanted.iter().map(|pattern| format!("!{pattern}"));
        let all = self.wanted.iter().cloned().chain(excluded);
        all.map(|pattern| format!("{pattern:?}")).collect::<Vec<_>>().join(", ")
    }

    /// Those of a project's branches that are meant, in their order.
    ///
    /// # Errors
    /// When there is none: then some that exist are listed.
    pub fn among(&self, branches: Vec<Found>) -> Result<Vec<Found>, Failure> {
        let names: Vec<String> = branches.iter().map(|found| found.target.name.clone()).collect();
        let meant: Vec<Found> = branches.into_iter().filter(|found| self.means(&found.target.name)).collect();
        if meant.is_empty() { Err(none(&self.written(), &names).into()) } else { Ok(meant) }
    }
}

fn malformed(pattern: &str, cause: String) -> Diagnostic {
    Diagnostic::error(codes::USAGE, "--branches is not a pattern for names")
        .found(format!("{pattern:?}"))
        .expected("a name in which * stands for anything but a slash, ** for anything, and [ab] or {a,b} for a choice")
        .fix("correct --branches, or write \\ before a sign that stands for itself")
        .fact("cause", cause)
}

fn none(written: &str, names: &[String]) -> Diagnostic {
    let listed = names.iter().take(LISTED).map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ");
    let known = match names.len() {
        0 => "a project with branches".to_owned(),
        more if more > LISTED => format!("names such as {listed} and {} more", more - LISTED),
        _ => format!("some of {listed}"),
    };
    Diagnostic::error(codes::BRANCH_NOT_FOUND, "no branch of the project has such a name")
        .found(written)
        .expected(known)
        .fix("correct --branches: * does not cross a slash, ** does")
}

/// Plans for each of the chosen branches; `request` says how, and its branch is of no account.
///
/// # Errors
/// Every problem of the policy's file, what the API said about the project, or that no branch is meant.
pub async fn plan_each(request: &Request<'_>, chosen: &Chosen) -> Result<Vec<Row>, Failure> {
    let survey = target::survey(request.client, request.project);
    let (loaded, survey) = futures::join!(request.source.load(), survey);
    // A broken policy is the user's to mend first, whatever the API says.
    let (mut loaded, survey) = (loaded?, survey?);
    let mut resolved = Vec::new();
    for found in chosen.among(survey.all())? {
        resolved.push((pipeline::resolve(&mut loaded, &found.target).await, found));
    }
    progress::reading(&format!("{} branches", resolved.len()));
    let bundled =
        |(desired, _): &(Result<_, _>, _)| desired.as_ref().map_or(0, |d| pipeline::functions(d).count());
    progress::bundles(resolved.iter().map(bundled).max().unwrap_or(0));
    let planned = stream::iter(resolved).map(async |(desired, found): (Result<_, Failure>, Found)| {
        let target = found.target.clone();
        let plan = match desired {
            Ok(desired) => pipeline::plan_desired(request, desired, found).await.map(|(_, plan)| plan),
            Err(failure) => Err(failure),
        };
        Row { plan: plan.map_err(|failure| of_branch(&target, failure)), target }
    });
    Ok(planned.buffered(AT_ONCE).collect().await)
}

/// Says whose problems these are, where they do not say it themselves.
fn of_branch(target: &Target, failure: Failure) -> Failure {
    let named = |problem: Diagnostic| match problem.facts.iter().any(|(label, _)| *label == "branch") {
        true => problem,
        false => problem.fact("branch", target.name.as_str()),
    };
    Failure(failure.0.into_iter().map(named).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(patterns: &[&str], meant: &[&str], others: &[&str]) {
        let patterns: Vec<String> = patterns.iter().map(ToString::to_string).collect();
        let chosen = Chosen::new(&patterns).unwrap();
        let names = |wanted: bool, names: &[&str]| {
            for name in names {
                assert_eq!(chosen.means(name), wanted, "{patterns:?} and {name}");
            }
        };
        names(true, meant);
        names(false, others);
    }

    #[test]
    fn a_star_does_not_cross_a_slash() {
        check(&["preview/*"], &["preview/a", "preview/"], &["preview/a/b", "previews/a", "main"]);
        check(&["preview/**"], &["preview/a", "preview/a/b"], &["main", "preview"]);
        check(&["main", "dev-[0-9]"], &["main", "dev-1"], &["Main", "dev-x"]);
    }

    #[test]
    fn what_is_excluded_is_not_meant() {
        check(&["preview/*", "!preview/old*"], &["preview/a"], &["preview/old", "preview/older", "main"]);
        check(&["!main"], &["dev", "preview/a"], &["main"]);
        check(&[], &["main", "preview/a"], &[]);
        check(&[r"\!odd", r"\[x\]"], &["!odd", "[x]"], &["odd", "x"]);
    }

    #[test]
    fn every_malformed_pattern_is_told() {
        let patterns = ["[a", "fine", "!{b"].map(str::to_owned);
        let failure = Chosen::new(&patterns).unwrap_err();
        let found: Vec<_> = failure.0.iter().filter_map(|problem| problem.found.as_deref()).collect();
        assert_eq!(found, ["\"[a\"", "\"!{b\""]);
    }
}
