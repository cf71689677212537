//! What is told of a run while it runs: `-v` on standard error, `--trace FILE` for programs, NEONFORM_LOG for us.
//!
//! Libraries say what they do through `tracing`; without one of the three nobody listens and nothing is made. `-v` and
//! `--trace` hear our own crates only: what others log may hold a header or a path. No value of a policy and no
//! body of a request is ever logged.

use std::io::{self, IsTerminal, Write};

use anstream::ColorChoice;
use neonform_engine::diagnostic::{Diagnostic, Failure, codes};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, fmt};

use crate::args::Global;
use crate::{env, progress};

mod trace;

/// What the names of our crates begin with.
const OWN: &str = "neonform";
/// Spans that say how long the parts of a run take: for `--trace` and for the bench.
const TIMING: &str = "neonform::timing";

/// Begins to tell what the flags and NEONFORM_LOG ask for.
///
/// # Errors
/// When the file of `--trace` cannot be written.
pub fn start(global: &Global) -> Result<(), Failure> {
    let filter = env::given(env::NEONFORM_LOG);
    if filter.is_none() && global.verbose == 0 && global.trace.is_none() {
        return Ok(());
    }
    let trace = global.trace.as_deref().map(trace::Trace::into_file).transpose().map_err(|cause| {
        Diagnostic::error(codes::USAGE, "the trace cannot be written")
            .found(global.trace.as_deref().unwrap_or("".as_ref()).display().to_string())
            .fix("name a file in a folder that can be written to with --trace")
            .fact("cause", cause.to_string())
    })?;
    let level = match global.verbose {
        0 => LevelFilter::OFF,
        1 => LevelFilter::INFO,
        _ => LevelFilter::DEBUG,
    };
    // Whoever sets NEONFORM_LOG has said already what is to be on standard error.
    let verbose = filter.is_none().then(|| {
        let colours = stderr_is_coloured(global);
        let lines = fmt::layer().compact().without_time().with_target(false).with_ansi(colours);
        lines.with_writer(|| Aside).with_filter(own(level).with_target(TIMING, LevelFilter::OFF))
    });
    let logged = filter.map(|filter| {
        let lines = fmt::layer().with_span_events(FmtSpan::CLOSE).with_writer(io::stderr);
        lines.with_filter(EnvFilter::new(filter))
    });
    let traced = trace.map(|trace| trace.with_filter(own(LevelFilter::TRACE)));
    tracing_subscriber::registry().with(verbose).with(logged).with(traced).init();
    Ok(())
}

fn own(level: LevelFilter) -> Targets {
    Targets::new().with_target(OWN, level)
}

fn stderr_is_coloured(global: &Global) -> bool {
    match global.colours() {
        ColorChoice::Auto => io::stderr().is_terminal(),
        wanted => wanted != ColorChoice::Never,
    }
}

/// Standard error, with the line of progress out of the way.
struct Aside;

impl Write for Aside {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        progress::aside(|| io::stderr().lock().write_all(text))?;
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
