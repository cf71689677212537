//! `neonform init`: a policy and a function to start from. Nothing that exists is touched.

use std::path::Path;

use neonform_engine::diagnostic::{Diagnostic, Failure, codes};

use super::Ending;
use crate::files::{Stopped, write};
use crate::policy_file::NAMES;
use crate::print;
use crate::session::Session;

const POLICY: &str = include_str!("init/neon.ts");
const FUNCTION: &str = include_str!("init/hello.ts");

/// Writes both, and says what comes next.
pub(super) fn run(session: &Session) -> Result<Ending, Failure> {
    let existing: Vec<&str> = NAMES.into_iter().filter(|name| session.working.join(name).exists()).collect();
    if !existing.is_empty() {
        return Err(exists(&existing.join(", ")));
    }
    let mut written = Vec::new();
    for (name, text) in [("functions/hello.ts", FUNCTION), (NAMES[0], POLICY)] {
        match place(&session.working.join(name), text) {
            Ok(()) => written.push(name),
            // A function of that name is as good a start; the policy was looked for before.
            Err(Stopped::Exists) if name != NAMES[0] => {}
            Err(Stopped::Exists) => return Err(exists(name)),
            Err(Stopped::Io(cause)) => {
                return Err(Diagnostic::error(codes::USAGE, "a file cannot be written")
                    .found(name)
                    .fact("cause", cause.to_string())
                    .into());
            }
        }
    }
    if session.is_for_people() {
        print::line(&format!("Wrote {}.", written.join(" and ")));
        print::line("Next, to try it without an account: neonform link --local");
        print::line("or, with NEON_API_KEY set:          neonform link");
        print::line("Then: neonform plan, neonform apply, neonform checkout preview --create");
    }
    Ok(Ending::Done)
}

fn place(path: &Path, text: &str) -> Result<(), Stopped> {
    path.parent().map(std::fs::create_dir_all).transpose()?;
    write(path, text.as_bytes(), false)
}

fn exists(names: &str) -> Failure {
    Diagnostic::error(codes::ALREADY_EXISTS, "there is a policy already; nothing was changed")
        .found(names)
        .fix("go on with it: neonform plan")
        .into()
}
