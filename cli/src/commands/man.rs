//! `neonform man`: the manual page of `neonform`, or with `--out` a page for each command.

use std::io;

use clap_mangen::Man;
use neonform_engine::diagnostic::{Diagnostic, Failure, codes};

use super::{Ending, only_as_text};
use crate::args::{self, ManArgs};
use crate::files;
use crate::output::text::{count, printable};
use crate::print;
use crate::session::Session;

/// Prints the one, or writes them all.
pub(super) fn run(session: &Session, args: &ManArgs) -> Result<Ending, Failure> {
    only_as_text(session, "a manual page")?;
    let Some(folder) = &args.out else {
        let text = page(args::program()).map_err(|cause| unwritten("standard output", &cause))?;
        print::human(|out| out.write_all(&text));
        return Ok(Ending::Done);
    };
    let (place, shown) = (session.working.join(folder), folder.display().to_string());
    std::fs::create_dir_all(&place).map_err(|cause| unwritten(&shown, &cause))?;
    let pages = args::each_command();
    for command in &pages {
        let text = page(command.clone()).map_err(|cause| unwritten(&shown, &cause))?;
        let file = folder.join(Man::new(command.clone()).get_filename());
        files::write_over(&session.working, &file, &text, "a manual page cannot be written")?;
    }
    print::note(&format!("Wrote {} into {}.", count(pages.len(), "page"), printable(&shown)));
    Ok(Ending::Done)
}

fn page(command: clap::Command) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    let source = format!("{} {}", args::NAME, env!("CARGO_PKG_VERSION"));
    Man::new(command).source(source).manual("neonform manual").render(&mut text)?;
    Ok(text)
}

fn unwritten(place: &str, cause: &io::Error) -> Failure {
    Diagnostic::error(codes::USAGE, "manual pages cannot be written")
        .found(place)
        .fix("name a folder that can be written to with --out")
        .fact("cause", cause.to_string())
        .into()
}
