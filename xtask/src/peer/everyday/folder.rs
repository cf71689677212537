//! What is in a folder, as comparable lines: the mode of every file, and each line of its text.
//!
//! Ids of branches, computes and credentials become names; passwords and secrets go. Everything else stays.

use std::fs;
use std::path::Path;

use super::super::state::State;

/// What secrets begin with: they are letters, digits and underscores.
const SECRETS: [&str; 3] = ["npg_", "nt_live_", "nsk_live_"];

/// What belongs to the test, or to a program's own bookkeeping.
const LEFT_OUT: [&str; 2] = [".neonform", "node_modules"];

/// Adds a folder's files to a state.
pub(super) fn read(folder: &Path, ids: &[(String, String)], state: &mut State) -> Result<(), String> {
    let entries = fs::read_dir(folder).map_err(|cause| format!("{}: {cause}", folder.display()))?;
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if LEFT_OUT.contains(&name.as_str()) || entry.path().is_dir() {
            continue;
        }
        let bytes = fs::read(entry.path()).map_err(|cause| format!("{name}: {cause}"))?;
        let text = plain(&String::from_utf8_lossy(&bytes), ids);
        state.insert(format!("{name} mode"), mode(&entry.path()));
        for (number, line) in text.split_inclusive('\n').enumerate() {
            // With the key of the line, so that a difference can be listed by what it is about.
            let key = line.split('=').next().unwrap_or_default().trim_end();
            state.insert(format!("{name} {} {key}", number + 1), format!("{line:?}"));
        }
    }
    Ok(())
}

#[cfg(unix)]
fn mode(file: &Path) -> String {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(file)
        .map_or_else(|cause| cause.to_string(), |it| format!("{:o}", it.permissions().mode() & 0o777))
}

#[cfg(not(unix))]
fn mode(_: &Path) -> String {
    "any".to_owned()
}

fn plain(text: &str, ids: &[(String, String)]) -> String {
    // A token has an id in it, so secrets go first.
    let hidden = SECRETS.iter().fold(text.to_owned(), |text, start| hide(&text, start));
    ids.iter().fold(hidden, |text, (id, name)| text.replace(id, name))
}

/// A text without what follows the beginning of a secret.
fn hide(text: &str, start: &str) -> String {
    let mut parts = text.split(start);
    let mut hidden = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_');
        hidden += &format!("{start}(secret){rest}");
    }
    hidden
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_become_names_and_secrets_go() {
        let ids = [("br-1".to_owned(), "(main)".to_owned())];
        let text = "A=npg_x1@br-1.example\nB=\"nsk_live_abc\"\n";
        assert_eq!(plain(text, &ids), "A=npg_(secret)@(main).example\nB=\"nsk_live_(secret)\"\n");
    }
}
