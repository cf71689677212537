//! Questions to whoever sits at the terminal: yes or no, and one of a list.
//!
//! They stand on standard error and are answered on standard input, so both have to be a terminal; in CI nobody is
//! asked. Ctrl-C ends with 130 and changes nothing; Escape is a no. A command never depends on a question: there is a
//! flag that answers it, and [`is_possible`] says whether to ask or to name that flag.

use std::io::{IsTerminal, stderr, stdin};
use std::time::Duration;

use inquire::ui::RenderConfig;
use inquire::{Confirm, InquireError, Select};
use neonform_engine::diagnostic::{Diagnostic, Failure, codes};

use crate::output::text::printable;
use crate::{env, progress};

/// Choices that are seen at a time.
const SEEN: usize = 10;
/// How long the signal that Ctrl-C became may take to end the process.
const UNDER_WAY: Duration = Duration::from_secs(1);

/// Whether there is somebody to ask.
pub fn is_possible() -> bool {
    let is_capable = env::given(env::TERM).is_none_or(|terminal| terminal != "dumb");
    is_capable && !env::is_unattended() && stdin().is_terminal() && stderr().is_terminal()
}

/// Asks a question that is answered by yes or no; no is the answer that is offered.
///
/// # Errors
/// When there is nobody to ask, or the question was ended by Ctrl-C.
pub fn confirm(question: &str) -> Result<bool, Failure> {
    begin(question)?;
    let (question, colours) = (printable(question), colours());
    let asked = Confirm::new(&question).with_default(false).with_render_config(colours).prompt_skippable();
    Ok(answer(asked)?.unwrap_or(false))
}

/// Lets one of several be chosen, by the arrow keys or by typing a part of it; nothing where none is.
///
/// # Errors
/// When there is nobody to ask, or the question was ended by Ctrl-C.
pub fn choose(question: &str, choices: &[String]) -> Result<Option<usize>, Failure> {
    begin(question)?;
    if choices.is_empty() {
        return Ok(None);
    }
    let (question, colours) = (printable(question), colours());
    let shown = choices.iter().map(|choice| printable(choice)).collect();
    let asked = Select::new(&question, shown)
        .with_page_size(SEEN)
        .with_help_message("arrows move, typing filters, Enter takes it, Esc takes none")
        .with_render_config(colours)
        .raw_prompt_skippable();
    Ok(answer(asked)?.map(|chosen| chosen.index))
}

fn begin(question: &str) -> Result<(), Failure> {
    if !is_possible() {
        return Err(Diagnostic::error(codes::USAGE, "there is nobody to answer a question")
            .found(question)
            .expected("a terminal for standard input and standard error, and not CI")
            .fix("answer it with a flag; --help lists them")
            .into());
    }
    progress::rest();
    Ok(())
}

fn colours() -> RenderConfig<'static> {
    match anstream::ColorChoice::global() {
        anstream::ColorChoice::Never => RenderConfig::empty(),
        _ => RenderConfig::default_colored(),
    }
}

fn answer<Answer>(asked: Result<Option<Answer>, InquireError>) -> Result<Option<Answer>, Failure> {
    let cause = match asked {
        Ok(answer) => return Ok(answer),
        Err(cause) => cause,
    };
    // A question that was ended leaves the cursor hidden.
    let _ = console::Term::stderr().show_cursor();
    if !is_interrupt(&cause) {
        return Err(Diagnostic::error(codes::USAGE, "the question could not be asked on this terminal")
            .fix("answer it with a flag; --help lists them")
            .fact("cause", cause.to_string())
            .into());
    }
    // The terminal's library made a signal of it, which `signals.rs` is about to end the process by.
    std::thread::sleep(UNDER_WAY);
    Err(Diagnostic::error(codes::INTERRUPTED, "the question was not answered").into())
}

fn is_interrupt(cause: &InquireError) -> bool {
    match cause {
        InquireError::OperationInterrupted => true,
        InquireError::IO(cause) => cause.kind() == std::io::ErrorKind::Interrupted,
        _ => false,
    }
}
