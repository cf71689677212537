//! One case as it is on disk.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

/// A case and what the reference did with it.
pub struct Case {
    /// The directory's name.
    pub name: String,
    /// The directory.
    pub directory: PathBuf,
    /// Its family.
    pub family: String,
    /// `validate`, `plan`, `apply`, `create-branch` or `inspect`.
    pub operation: String,
    /// The whole of `case.json`.
    pub spec: Json,
    /// The whole of `expected.json`.
    pub expected: Json,
}

/// A case that cannot be read: its name and why.
type Unreadable = (String, String);

/// The cases of a directory in order, or the case that it is.
pub fn find(directory: &Path) -> Result<Vec<Result<Case, Unreadable>>, String> {
    if directory.join("case.json").is_file() {
        return Ok(vec![read(directory)]);
    }
    let entries = fs::read_dir(directory)
        .map_err(|cause| format!("{} cannot be read: {cause}", directory.display()))?;
    let mut found: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.join("case.json").is_file())
        .collect();
    found.sort();
    if found.is_empty() {
        return Err(format!("{} holds no directory with a case.json", directory.display()));
    }
    Ok(found.iter().map(|path| read(path)).collect())
}

fn read(directory: &Path) -> Result<Case, Unreadable> {
    let name = directory.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let json = |file: &str| -> Result<Json, Unreadable> {
        let text =
            fs::read(directory.join(file)).map_err(|cause| (name.clone(), format!("{file}: {cause}")))?;
        serde_json::from_slice(&text).map_err(|cause| (name.clone(), format!("{file}: {cause}")))
    };
    let (spec, expected) = (json("case.json")?, json("expected.json")?);
    let text = |key: &str| spec[key].as_str().unwrap_or_default().to_owned();
    let (family, operation) = (text("family"), text("op"));
    Ok(Case { name, directory: directory.to_owned(), family, operation, spec, expected })
}

impl Case {
    /// A list of the platform state.
    pub fn live(&self, list: &str) -> &[Json] {
        self.spec["live"][list].as_array().map(Vec::as_slice).unwrap_or_default()
    }

    /// An option that is `true`.
    pub fn option(&self, name: &str) -> bool {
        self.spec["options"][name] == Json::Bool(true)
    }
}
