//! `neonform explain function.SLUG`: what a function's bundle is made of. Touches no network but for external packages.

use neonform_bundle::Module;
use neonform_engine::diagnostic::{Diagnostic, Failure, codes};
use neonform_engine::path::Path as Place;
use neonform_engine::value::Value;
use neonform_neon::function::{External, Source};
use serde_json::json;

use super::Ending;
use super::eval::target;
use crate::args::{ExplainArgs, Format};
use crate::bundler::{Built, hex};
use crate::output::explain;
use crate::session::Session;
use crate::{pipeline, print};

/// Bundles one function and shows its modules.
pub(super) async fn run(session: &Session, args: &ExplainArgs) -> Result<Ending, Failure> {
    let source = session.source(&args.about.policy)?;
    let mut loaded = source.load().await?;
    let desired = pipeline::resolve(&mut loaded, &target(session, &args.about)).await?;
    drop(loaded);
    let (slug, function) = find(&desired.resolved, &args.address)?;
    let built = Session::bundler(&source).build(&slug, &function).await?;
    match session.global.output {
        Format::Human => print::human(|out| explain::bundle(out, &args.address, &built)),
        Format::Json | Format::NeonJson => print::json(&as_json(&args.address, &built)),
    }
    Ok(Ending::Done)
}

/// The function that an address names, as the resolved policy has it.
fn find(resolved: &Value, address: &str) -> Result<(String, Source), Failure> {
    let place = Place::root().key("preview").key("functions");
    let Some(Value::List(functions)) = resolved.at(&place) else { return Err(unknown(address, &[])) };
    let text = |function: &Value, field: &str| match function.at(&Place::root().key(field)) {
        Some(Value::String(text)) => text.clone(),
        _ => String::new(),
    };
    let slugs: Vec<String> = functions.iter().map(|function| text(function, "slug")).collect();
    let wanted = address.strip_prefix("function.");
    let position = slugs.iter().position(|slug| Some(slug.as_str()) == wanted);
    let Some(function) = position.and_then(|position| functions.get(position)) else {
        return Err(unknown(address, &slugs));
    };
    let bundler = match text(function, "bundler").as_str() {
        "none" => "none",
        "esbuild" => "esbuild",
        _ => "<function>",
    };
    let external = match function.at(&Place::root().key("externalPackages")) {
        Some(Value::List(packages)) => Some(packages.iter().map(|package| External {
            name: text(package, "name"),
            include_files: package.at(&Place::root().key("includeFiles")) == Some(&Value::Bool(true)),
        })),
        _ => None,
    };
    let source = Source {
        path: text(function, "source"),
        at: None,
        bundler,
        external: external.map(Iterator::collect),
    };
    Ok((text(function, "slug"), source))
}

fn unknown(address: &str, slugs: &[String]) -> Failure {
    let known: Vec<String> = slugs.iter().map(|slug| format!("function.{slug}")).collect();
    Diagnostic::error(codes::USAGE, "there is no such function in the policy")
        .found(format!("{address:?}"))
        .expected(if known.is_empty() {
            "a function; there is none".to_owned()
        } else {
            format!("one of {}", known.join(", "))
        })
        .fix("name a function by its address")
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
