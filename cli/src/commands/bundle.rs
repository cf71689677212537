//! `neonform bundle`: what would be uploaded, without a branch and without the network but for external packages.

use std::path::Path;

use futures::future::join_all;
use neonform_engine::diagnostic::{Diagnostic, Failure, codes};
use neonform_neon::function::{Bundle, Bundler};
use serde_json::{Value as Json, json};

use super::Ending;
use super::eval::target;
use crate::args::{BundleArgs, Format};
use crate::bundler::hex;
use crate::functions::declared;
use crate::output::text::{count, printable};
use crate::session::Session;
use crate::{pipeline, print};

/// Bundles every function, and writes the archives where that is asked for.
pub(super) async fn run(session: &Session, args: &BundleArgs) -> Result<Ending, Failure> {
    let source = session.source(&args.about.policy)?;
    let mut loaded = source.load().await?;
    let desired = pipeline::resolve(&mut loaded, &target(session, &args.about)).await?;
    drop(loaded);
    print::warnings(&desired.warnings);
    let bundler = Session::bundler(&source, false);
    let functions = declared(&desired.resolved);
    let bundles = join_all(functions.iter().map(|(slug, source)| bundler.bundle(slug, source))).await;
    let mut made: Vec<(&str, Bundle)> = Vec::new();
    let mut problems = Vec::new();
    for ((slug, _), bundle) in functions.iter().zip(bundles) {
        match bundle {
            Ok(bundle) => {
                print::warnings(&bundle.warnings);
                made.push((slug, bundle));
            }
            Err(failure) => problems.extend(failure.0),
        }
    }
    if !problems.is_empty() {
        return Err(Failure(problems));
    }
    if let Some(folder) = &args.out {
        write(&session.working.join(folder), &made)?;
    }
    show(session, &made);
    Ok(Ending::Done)
}

fn write(folder: &Path, made: &[(&str, Bundle)]) -> Result<(), Failure> {
    let told = |cause: std::io::Error| {
        Diagnostic::error(codes::UNREADABLE_FILE, "an archive cannot be written")
            .found(folder.display().to_string())
            .fix("correct --out, or make the folder writable")
            .fact("cause", cause.to_string())
    };
    for (slug, bundle) in made {
        crate::cache::write(&folder.join(format!("{slug}.zip")), &bundle.archive).map_err(told)?;
    }
    Ok(())
}

fn show(session: &Session, made: &[(&str, Bundle)]) {
    if session.global.output != Format::Human {
        let bundle = |(slug, bundle): &(&str, Bundle)| json!({ "slug": slug, "sha256": hex(&bundle.sha256), "archiveBytes": bundle.archive.len() });
        return print::json(&json!({ "version": 1, "bundles": made.iter().map(bundle).collect::<Json>() }));
    }
    let width = made.iter().map(|(slug, _)| slug.len()).max().unwrap_or(0);
    for (slug, bundle) in made {
        let size = count(bundle.archive.len(), "byte");
        print::line(&format!("{:<width$}  sha256:{}  {size}", printable(slug), hex(&bundle.sha256[..6])));
    }
    if made.is_empty() {
        print::line("The policy declares no functions.");
    }
}
