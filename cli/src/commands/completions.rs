//! `neonform completions SHELL`: prints the script that makes a shell ask what could come next.

use std::path::Path;

use clap::ValueEnum;
use neonform_engine::diagnostic::{Diagnostic, Failure, codes};

use super::{Ending, only_as_text};
use crate::args::{CompletionsArgs, Shell};
use crate::session::Session;
use crate::{completions, env, print};

/// Prints it.
pub(super) fn run(session: &Session, args: &CompletionsArgs) -> Result<Ending, Failure> {
    only_as_text(session, "a script for a shell")?;
    let shell = match args.shell {
        Some(shell) => shell,
        None => of_user()?,
    };
    let script = completions::script(shell).map_err(|cause| {
        Diagnostic::error(codes::INTERNAL, "the script cannot be written").fact("cause", cause.to_string())
    })?;
    print::line(script.trim());
    Ok(Ending::Done)
}

/// The shell that the user logs in with.
fn of_user() -> Result<Shell, Failure> {
    let path = env::given(env::SHELL).unwrap_or_default();
    let name = Path::new(&path).file_stem().map(|name| name.to_string_lossy().into_owned());
    name.and_then(|name| Shell::from_str(&name, true).ok()).ok_or_else(|| {
        Diagnostic::error(codes::USAGE, "it is not known which shell completions are for")
            .found(if path.is_empty() { "SHELL is not set".to_owned() } else { format!("SHELL={path}") })
            .expected("bash, zsh, fish or powershell")
            .fix("name the shell: neonform completions bash")
            .into()
    })
}
