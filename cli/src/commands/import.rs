//! `neonform import`: a policy file that says what exists on a branch, for a repository to start from.
//!
//! The file appears whole or not at all, and never in the place of another one unless told so.

use std::path::Path;

use neonform_engine::diagnostic::{Diagnostic, Failure, codes};

use super::{Ending, status};
use crate::args::{Global, ImportArgs};
use crate::files::{Stopped, write};
use crate::output::status::Status;
use crate::output::text::printable;
use crate::output::typescript::{Imported, policy};
use crate::policy_file::NAMES;
use crate::session::Session;
use crate::{ask, invocation, print};

/// Where a policy is looked for first, and what `--out` is unless given.
const DEFAULT_OUT: &str = NAMES[0];

/// Reads the branch and writes the policy.
pub(super) async fn run(session: &Session, args: &ImportArgs) -> Result<Ending, Failure> {
    if args.out == Path::new("-") {
        let text = written(&status::read(session, true).await?);
        print::human(|out| out.write_all(text.as_bytes()));
        return Ok(Ending::Done);
    }
    let path = session.working.join(&args.out);
    // Asked before anything is read, so that the answer does not take a network.
    let force = args.force || (path.symlink_metadata().is_ok() && may_overwrite(&args.out)?);
    let status = status::read(session, true).await?;
    let place = |cause| match cause {
        Stopped::Exists => exists(&args.out),
        Stopped::Io(cause) => Diagnostic::error(codes::USAGE, "the policy cannot be written")
            .found(args.out.display().to_string())
            .fix("name a file in a directory that can be written to with --out")
            .fact("cause", cause.to_string())
            .into(),
    };
    write(&path, written(&status).as_bytes(), force).map_err(place)?;
    say(session, &args.out);
    Ok(Ending::Done)
}

fn written(status: &Status) -> String {
    let (project, branch) = (&status.facts["project"], &status.facts["branch"]);
    policy(&Imported {
        project: project["id"].as_str().unwrap_or_default(),
        branch: branch["name"].as_str().unwrap_or_default(),
        is_default: branch["isDefault"] == true,
        expires_at: branch["expiresAt"].as_str(),
        found: &status.found,
    })
}

fn say(session: &Session, out: &Path) {
    print::note(&format!("Wrote {}.", printable(&out.display().to_string())));
    print::note(&format!("Next, and it shows no change: {}", printable(&next(&session.global, out))));
}

/// The command that plans the file for the same branch.
fn next(global: &Global, out: &Path) -> String {
    let named = (out != Path::new(DEFAULT_OUT)).then(|| out.display().to_string());
    let target = [("--project-id", global.project_id.as_deref()), ("--branch", global.branch.as_deref())];
    invocation::next("plan", global, &[&[("--config", named.as_deref())], &target[..]].concat())
}

/// Asks where somebody can answer; everyone else is refused.
fn may_overwrite(out: &Path) -> Result<bool, Failure> {
    let is_allowed = ask::is_possible() && ask::confirm(&format!("Overwrite {}?", out.display()))?;
    if is_allowed { Ok(true) } else { Err(exists(out)) }
}

fn exists(out: &Path) -> Failure {
    Diagnostic::error(codes::ALREADY_EXISTS, "the file to write exists; it was not changed")
        .found(out.display().to_string())
        .fix("pass --force to overwrite it, or another file, or - for standard output, with --out")
        .into()
}
