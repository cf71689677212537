//! `neonform explain function.SLUG`: what a function's bundle is made of. Touches no network but for external packages.

use neonform_bundle::Module;
use neonform_engine::diagnostic::{Diagnostic, Failure, codes};
use neonform_neon::function::Source;
use serde_json::json;

use super::Ending;
use super::eval::target;
use crate::args::{ExplainArgs, Format};
use crate::bundler::{Built, hex};
use crate::functions::declared;
use crate::output::explain;
use crate::session::Session;
use crate::{pipeline, print};

/// Bundles one function and shows its modules.
pub(super) async fn run(session: &Session, args: &ExplainArgs) -> Result<Ending, Failure> {
    let source = session.source(&args.about.policy)?;
    let mut loaded = source.load().await?;
    let desired = pipeline::resolve(&mut loaded, &target(session, &args.about)).await?;
    drop(loaded);
    let (slug, function) = find(declared(&desired.resolved), &args.address)?;
    let built = Session::bundler(&source, false).build(&slug, &function).await?;
    match session.global.output {
        Format::Human => print::human(|out| explain::bundle(out, &args.address, &built)),
        _ => print::json(&as_json(&args.address, &built)),
    }
    Ok(Ending::Done)
}

/// The function that an address names.
fn find(functions: Vec<(String, Source)>, address: &str) -> Result<(String, Source), Failure> {
    let slugs: Vec<String> = functions.iter().map(|(slug, _)| slug.clone()).collect();
    let wanted = address.strip_prefix("function.");
    let found = functions.into_iter().find(|(slug, _)| Some(slug.as_str()) == wanted);
    found.ok_or_else(|| unknown(address, &slugs))
}

fn unknown(address: &str, slugs: &[String]) -> Failure {
    let known: Vec<String> = slugs.iter().map(|slug| format!("function.{slug}")).collect();
    let whole = if address.contains('.') { address.to_owned() } else { format!("function.{address}") };
    Diagnostic::error(codes::USAGE, "there is no such function in the policy")
        .found(format!("{address:?}"))
        .expected(match known.as_slice() {
            [] => "a function; there is none".to_owned(),
            _ => format!("one of {}", known.join(", ")),
        })
        .fix("name a function by its address")
        .suggest(&whole, known.iter().map(String::as_str))
        .into()
}

fn as_json(address: &str, built: &Built) -> serde_json::Value {
    let module = |module: &Module| {
        json!({
            "path": module.path,
            "bytesInBundle": module.bytes_in_bundle,
            "sha256": hex(&module.sha256),
            "imports": module.imports,
        })
    };
    json!({
        "version": 1,
        "address": address,
        "sha256": hex(&built.sha256),
        "archiveBytes": built.archive.len(),
        "files": built.module.files.iter().map(|(path, content)| json!({ "path": path, "bytes": content.len() })).collect::<Vec<_>>(),
        "modules": built.module.modules.iter().map(module).collect::<Vec<_>>(),
        "warnings": built.module.warnings,
    })
}
