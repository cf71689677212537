//! A bundle's modules as a tree: who imports whom, with sizes and digests.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use anstyle::Style;
use neonform_bundle::Module;

use super::text::{count, printable};
use crate::bundler::{Built, hex};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
/// Digits of a digest that are shown.
const SHOWN: usize = 12;

/// Writes what a function's bundle is made of.
///
/// # Errors
/// When the output cannot be written.
pub fn bundle(out: &mut dyn Write, address: &str, built: &Built) -> io::Result<()> {
    let digest = hex(&built.sha256);
    writeln!(
        out,
        "{BOLD}{}{BOLD:#}  sha256:{}, {} in the archive",
        printable(address),
        digest.get(..SHOWN).unwrap_or(&digest),
        count(built.archive.len(), "byte")
    )?;
    let modules: BTreeMap<&str, &Module> =
        built.module.modules.iter().map(|module| (module.path.as_str(), module)).collect();
    let imported: BTreeSet<&str> =
        modules.values().flat_map(|module| module.imports.iter().map(String::as_str)).collect();
    let mut tree = Tree { out, modules: &modules, shown: BTreeSet::new() };
    // Entries first; modules in a circle that nothing else imports come last.
    for path in modules.keys().filter(|path| !imported.contains(*path)) {
        tree.module(path, "  ", "")?;
    }
    for path in modules.keys() {
        if !tree.shown.contains(path) {
            tree.module(path, "  ", "")?;
        }
    }
    files(out, built)
}

struct Tree<'a> {
    out: &'a mut dyn Write,
    modules: &'a BTreeMap<&'a str, &'a Module>,
    shown: BTreeSet<&'a str>,
}

impl<'a> Tree<'a> {
    fn module(&mut self, path: &'a str, indent: &str, branch: &str) -> io::Result<()> {
        let Some(module) = self.modules.get(path) else { return Ok(()) };
        let name = printable(path);
        if !self.shown.insert(path) {
            return writeln!(self.out, "{indent}{branch}{name} {DIM}(above){DIM:#}");
        }
        let digest = hex(&module.sha256);
        let digest = digest.get(..SHOWN).unwrap_or(&digest);
        let size = count(module.bytes_in_bundle, "byte");
        writeln!(self.out, "{indent}{branch}{name}  {DIM}{size}, sha256:{digest}{DIM:#}")?;
        let below = match branch {
            "" => indent.to_owned(),
            "└─ " => format!("{indent}   "),
            _ => format!("{indent}│  "),
        };
        for (place, import) in module.imports.iter().enumerate() {
            let branch = if place + 1 == module.imports.len() { "└─ " } else { "├─ " };
            self.module(import, &below, branch)?;
        }
        Ok(())
    }
}

/// Files that ship beside the bundle, or instead of one, summed up by package.
fn files(out: &mut dyn Write, built: &Built) -> io::Result<()> {
    let mut sums: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let bundled = !built.module.modules.is_empty();
    for (path, content) in &built.module.files {
        let name = match path.rsplit_once("node_modules/") {
            Some((_, rest)) => neonform_bundle::stage::package_name(rest),
            None if bundled => continue,
            None => path.as_str(),
        };
        let sum = sums.entry(name).or_default();
        *sum = (sum.0 + 1, sum.1 + content.len());
    }
    if sums.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "{BOLD}{}{BOLD:#}",
        if bundled { "Packages that ship beside it" } else { "Files, as they are" }
    )?;
    for (name, (number, bytes)) in sums {
        writeln!(
            out,
            "  {}  {DIM}{}, {}{DIM:#}",
            printable(name),
            count(number, "file"),
            count(bytes, "byte")
        )?;
    }
    Ok(())
}
