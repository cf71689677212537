//! The command as it was given, to be shown and to be given again, and the one that comes next.

use crate::args::Global;

/// The command with a key on it and the words of `without` left out.
pub fn again(without: &[&str]) -> String {
    let mut words = Vec::new();
    let mut hide_next = false;
    for word in std::env::args().skip(1) {
        if hide_next || word.starts_with("--api-key=") {
            hide_next = false;
            continue;
        }
        hide_next = word == "--api-key";
        if !hide_next && !without.contains(&word.as_str()) {
            words.push(quoted(&word));
        }
    }
    format!("neonform {}", words.join(" "))
}

/// Another command on the same backend and context file, and with `flags` on it.
pub fn next(words: &str, global: &Global, flags: &[(&str, Option<&str>)]) -> String {
    let context = global.context_file.as_ref().map(|file| file.display().to_string());
    let common = [
        ("--backend", global.backend.as_deref()),
        ("--api-host", global.api_host.as_deref()),
        ("--context-file", context.as_deref()),
    ];
    let given = flags.iter().copied().chain(common);
    let given = given.filter_map(|(flag, value)| Some(format!(" {flag} {}", quoted(value?))));
    std::iter::once(format!("neonform {words}")).chain(given).collect()
}

/// A word for a shell.
pub fn quoted(word: &str) -> String {
    let plain =
        !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c));
    if plain { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}
