//! Keeps a file that was just created out of git (spec 5.3): a line in the `.gitignore` beside it.

use std::fs;
use std::path::Path;

/// Adds a file to the `.gitignore` beside it, unless a line there covers it already. What cannot be written is left: the
/// file itself is there.
pub fn add(file: &Path) {
    let (Some(name), Some(folder)) = (file.file_name().and_then(|name| name.to_str()), file.parent()) else {
        return;
    };
    let list = folder.join(".gitignore");
    let text = match fs::read_to_string(&list) {
        Ok(text) => text,
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(_) => return,
    };
    if text.lines().any(|line| covers(line.trim(), name)) {
        return;
    }
    let gap = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    let written = fs::write(&list, format!("{text}{gap}{name}\n"));
    if let Err(cause) = written {
        tracing::debug!(%cause, "the file cannot be added to .gitignore");
    }
}

/// Whether a line names a file, as it is or by a pattern without slashes.
fn covers(line: &str, name: &str) -> bool {
    if line.is_empty() || line.starts_with('#') || line.starts_with('!') {
        return false;
    }
    let bare = line.strip_prefix('/').unwrap_or(line);
    let bare = bare.strip_suffix('/').unwrap_or(bare);
    bare == name || (!bare.contains('/') && fast_glob::glob_match(bare, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_covers_what_it_names() {
        for line in [".env.local", "/.env.local", ".env.local/", ".env*", ".env.l?cal", "*"] {
            assert!(covers(line, ".env.local"), "{line}");
        }
        for line in ["", "# .env.local", "!.env.local", ".env", "a/.env.local", ".env.*.x"] {
            assert!(!covers(line, ".env.local"), "{line}");
        }
    }

    #[test]
    fn a_line_is_added_once_and_on_its_own() {
        let folder = tempfile::tempdir().unwrap_or_else(|cause| unreachable!("{cause}"));
        let list = folder.path().join(".gitignore");
        let read = || fs::read_to_string(&list).unwrap_or_default();
        add(&folder.path().join(".env"));
        assert_eq!(read(), ".env\n");
        let written = fs::write(&list, "target");
        assert!(written.is_ok());
        add(&folder.path().join(".env"));
        add(&folder.path().join(".env"));
        assert_eq!(read(), "target\n.env\n");
    }
}
