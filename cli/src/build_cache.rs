//! Function bundles that were made before, in the user's cache: taken again while everything that they were made from
//! is as it was.
//!
//! A record says what the bundler read and where it looked, found or not; all of that is checked before the bundle is
//! taken, by content and never by time. Anything that is missing, damaged or of another version is made anew. Files
//! are written whole or not at all, so that runs at the same time do not disturb each other.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use neonform_bundle::{Basis, Checks, Found, FunctionOptions, Input};
use neonform_neon::function::Module;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

use crate::bundler::hex;
use crate::cache;

/// The version of a record, and of what the bundler makes of the same sources.
const VERSION: &str = concat!("1 ", env!("CARGO_PKG_VERSION"));

/// How many bytes of archives are kept.
const LARGEST: u64 = 512 * 1024 * 1024;

/// What a bundle is asked for.
pub struct Asked<'a> {
    /// The repository.
    pub root: &'a Path,
    /// The file to start from.
    pub entry: &'a Path,
    /// How it is bundled.
    pub options: &'a FunctionOptions,
    /// What is installed of the packages that ship with it, as a manifest.
    pub packages: Option<&'a str>,
}

/// A bundle that was made before.
pub struct Kept {
    /// The archive.
    pub archive: Vec<u8>,
    /// SHA-256 of the canonical content.
    pub sha256: [u8; 32],
    /// What it was made from.
    pub modules: Vec<Module>,
    /// What there was to say about it.
    pub warnings: Vec<String>,
}

/// The bundle that was made for the same question, if it would be the same now.
pub fn recall(asked: &Asked<'_>, checks: &Checks) -> Option<Kept> {
    let folder = cache::folder()?;
    let record: Json = serde_json::from_slice(&std::fs::read(record_file(&folder, asked)).ok()?).ok()?;
    let basis = read_basis(&record["basis"])?;
    if !checks.hold(&basis) {
        return None;
    }
    let archive = std::fs::read(archive_file(&folder, record["archive"].as_str()?)).ok()?;
    if hex(&Sha256::digest(&archive)) != record["archive"].as_str()? {
        return None;
    }
    Some(Kept {
        archive,
        sha256: bytes(&record["sha256"])?,
        modules: read_modules(&record["modules"])?,
        warnings: record["warnings"]
            .as_array()?
            .iter()
            .filter_map(|text| text.as_str().map(str::to_owned))
            .collect(),
    })
}

/// Keeps a bundle. Failing to is no failure: the next run makes it again.
pub fn remember(asked: &Asked<'_>, basis: &Basis, kept: &Kept) {
    let Some(folder) = cache::folder() else { return };
    let archive = hex(&Sha256::digest(&kept.archive));
    let modules: Vec<Json> = kept.modules.iter().map(|module| json!([module.path, module.sha256])).collect();
    let record = json!({
        "basis": basis_record(basis),
        "archive": archive,
        "sha256": hex(&kept.sha256),
        "modules": modules,
        "warnings": kept.warnings,
    });
    // The archive first: a record must not lead to nothing.
    let stored = cache::write(&archive_file(&folder, &archive), &kept.archive);
    if stored.is_ok() {
        make_room(&folder.join("bundles"), kept.archive.len() as u64);
        let _ = cache::write(&record_file(&folder, asked), record.to_string().as_bytes());
    }
}

/// Keeps the folder within its limit. Not after every bundle, since that looks at all of them: with the first of a
/// run, and whenever a run has written a sixteenth of the limit.
fn make_room(folder: &Path, written: u64) {
    static WRITTEN: AtomicU64 = AtomicU64::new(0);
    let before = WRITTEN.fetch_add(written, Ordering::Relaxed);
    let share = LARGEST / 16;
    if before == 0 || before / share != (before + written) / share {
        cache::trim(folder, LARGEST);
    }
}

fn archive_file(folder: &Path, digest: &str) -> PathBuf {
    folder.join("bundles").join(format!("{digest}.zip"))
}

fn record_file(folder: &Path, asked: &Asked<'_>) -> PathBuf {
    let mut digest = Sha256::new();
    let root = asked.root.to_string_lossy();
    let entry = asked.entry.to_string_lossy();
    let external = asked.options.external.iter().map(String::as_str);
    // What may not be read decides as much as what is.
    let reads = format!("{:?}", asked.options.reads);
    let fixed = [VERSION, &root, &entry, asked.packages.unwrap_or_default(), &reads];
    for part in fixed.into_iter().chain(external) {
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part);
    }
    folder.join("builds").join(format!("{}.json", hex(&digest.finalize()[..16])))
}

fn basis_record(basis: &Basis) -> Json {
    let inputs: Vec<Json> =
        basis.inputs.iter().map(|input| json!([input.path, hex(&input.sha256)])).collect();
    let looked_for: Vec<Json> = basis
        .looked_for
        .iter()
        .map(|(path, found)| match found {
            Found::File(real) => json!([path, "file", real]),
            Found::Directory(real) => json!([path, "directory", real]),
            Found::Nothing => json!([path]),
        })
        .collect();
    json!({ "inputs": inputs, "lookedFor": looked_for })
}

fn read_basis(record: &Json) -> Option<Basis> {
    let text = |value: &Json| value.as_str().map(str::to_owned);
    let input = |entry: &Json| Some(Input { path: text(&entry[0])?, sha256: bytes(&entry[1])? });
    let looked = |entry: &Json| {
        let found = match entry[1].as_str() {
            Some("file") => Found::File(text(&entry[2])?),
            Some("directory") => Found::Directory(text(&entry[2])?),
            Some(_) => return None,
            None => Found::Nothing,
        };
        Some((text(&entry[0])?, found))
    };
    Some(Basis {
        inputs: record["inputs"].as_array()?.iter().map(input).collect::<Option<_>>()?,
        looked_for: record["lookedFor"].as_array()?.iter().map(looked).collect::<Option<_>>()?,
    })
}

fn read_modules(record: &Json) -> Option<Vec<Module>> {
    let text = |value: &Json| value.as_str().map(str::to_owned);
    let module = |entry: &Json| Some(Module { path: text(&entry[0])?, sha256: text(&entry[1])? });
    record.as_array()?.iter().map(module).collect()
}

fn bytes(value: &Json) -> Option<[u8; 32]> {
    let text = value.as_str().filter(|text| text.len() == 64 && text.is_ascii())?;
    let mut read = [0; 32];
    for (place, byte) in read.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * place..2 * place + 2)?, 16).ok()?;
    }
    Some(read)
}
