//! The command as it was given, to be shown and to be given again.

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

/// A word for a shell.
pub fn quoted(word: &str) -> String {
    let plain =
        !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c));
    if plain { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}
