//! What could come next on a command line: the scripts for shells, and the answers when those ask.
//!
//! A script calls `neonform` with [`env::NEONFORM_COMPLETE`] and the words so far; flags and commands come from `args`,
//! names of branches and functions from `values.rs`. Whatever goes wrong, the answer is that nothing could come next:
//! who waits for a completion is shown no errors.

use std::ffi::OsString;
use std::path::Path;
use std::sync::OnceLock;

use clap_complete::CompleteEnv;
use clap_complete::env::{EnvCompleter, Fish, Powershell, Shells, Zsh};

use crate::args::{self, Shell};
use crate::{env, print};

mod bash;
mod kept;
pub mod values;

use bash::Bash;

/// The words so far.
static WORDS: OnceLock<Vec<OsString>> = OnceLock::new();

/// Answers a shell that asks; whether one did.
pub fn answer() -> bool {
    let Some(shell) = env::given(env::NEONFORM_COMPLETE) else { return false };
    print::silence();
    let mut given = std::env::args_os();
    let program = given.next();
    let mut words: Vec<OsString> = given.skip_while(|word| word != "--").skip(1).collect();
    let mut bash = Bash::default();
    if shell == bash.name() {
        words = bash.join(words);
    }
    // Without words it would print a script; that is a command's task.
    if !words.is_empty() {
        let arguments = program.into_iter().chain(["--".into()]).chain(words.iter().cloned());
        let _ = WORDS.set(words.clone());
        let shells: [&dyn EnvCompleter; 4] = [&bash, &Zsh, &Fish, &Powershell];
        let asked = CompleteEnv::with_factory(args::command).var(env::NEONFORM_COMPLETE);
        let asked = asked.shells(Shells(&shells));
        let _ = asked.try_complete(arguments, std::env::current_dir().ok().as_deref());
    }
    true
}

/// The script for a shell. It calls the program by the words that this one was called by.
///
/// # Errors
/// When the program's own path cannot be written into a script.
pub fn script(shell: Shell) -> std::io::Result<String> {
    let completer: &dyn EnvCompleter = match shell {
        Shell::Bash => &Bash::default(),
        Shell::Zsh => &Zsh,
        Shell::Fish => &Fish,
        Shell::Powershell => &Powershell,
    };
    let mut text = Vec::new();
    let (name, program) = (args::NAME, program());
    completer.write_registration(env::NEONFORM_COMPLETE, name, name, &program, &mut text)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// The name where it was found in `PATH`, else the whole path.
fn program() -> String {
    let called = std::env::args_os().next().unwrap_or_else(|| args::NAME.into());
    let path = Path::new(&called);
    let is_name = path.components().count() == 1;
    let whole = if is_name { path.to_owned() } else { std::path::absolute(path).unwrap_or(path.to_owned()) };
    whole.to_string_lossy().into_owned()
}
