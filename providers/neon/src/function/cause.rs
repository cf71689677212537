//! Why a function's code differs: the modules that changed, in one line for people.

use super::driver::Module;

/// The most modules that are named.
const NAMED: usize = 5;

/// What differs between the deployed bundle's modules and those of the new one, both sorted by path.
pub(super) fn between(deployed: Option<&[Module]>, new: &[Module]) -> String {
    let Some(deployed) = deployed else {
        return "which modules changed is not known here: the deployed bundle was made elsewhere".to_owned();
    };
    let (manifests, sources): (Vec<_>, Vec<_>) =
        differences(deployed, new).into_iter().partition(|(path, _)| is_manifest(path));
    // A manifest matters where no source tells more.
    let told = if sources.is_empty() { manifests } else { sources };
    let words: Vec<String> = told.iter().map(|(path, what)| format!("{path} {what}")).collect();
    match words.len() {
        0 => "nothing that was read changed; the bundler or its options did".to_owned(),
        number if number > NAMED => format!("{}, and {} more", words[..NAMED].join(", "), number - NAMED),
        _ => words.join(", "),
    }
}

fn is_manifest(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name == "package.json" || name.starts_with("tsconfig") && name.ends_with(".json")
}

/// What became of each path, by path; both lists are sorted.
fn differences<'a>(deployed: &'a [Module], new: &'a [Module]) -> Vec<(&'a str, &'static str)> {
    let find = |among: &'a [Module], path: &str| {
        among.binary_search_by(|module| module.path.as_str().cmp(path)).ok().map(|place| &among[place].sha256)
    };
    let made = new.iter().filter_map(|module| match find(deployed, &module.path) {
        None => Some((module.path.as_str(), "was added")),
        Some(before) if *before != module.sha256 => Some((module.path.as_str(), "changed")),
        Some(_) => None,
    });
    let gone = deployed.iter().filter(|module| find(new, &module.path).is_none());
    let mut found: Vec<_> = made.chain(gone.map(|module| (module.path.as_str(), "was removed"))).collect();
    found.sort_unstable();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn modules(list: &[(&str, &str)]) -> Vec<Module> {
        list.iter()
            .map(|(path, sha256)| Module { path: (*path).to_owned(), sha256: (*sha256).to_owned() })
            .collect()
    }

    #[test]
    fn each_difference_is_named_and_a_long_list_is_cut() {
        let before = modules(&[("a.ts", "1"), ("b.ts", "1"), ("d.ts", "1")]);
        let after = modules(&[("a.ts", "1"), ("b.ts", "2"), ("c.ts", "1")]);
        assert_eq!(between(Some(&before), &after), "b.ts changed, c.ts was added, d.ts was removed");
        assert_eq!(
            between(Some(&after), &after),
            "nothing that was read changed; the bundler or its options did"
        );
        let bumped = modules(&[("a.ts", "1"), ("b.ts", "2"), ("c.ts", "1"), ("package.json", "2")]);
        assert_eq!(between(Some(&after), &bumped), "package.json was added");
        assert_eq!(between(Some(&before), &bumped), "b.ts changed, c.ts was added, d.ts was removed");
        let many: Vec<(String, &str)> = (0..9).map(|number| (format!("{number}.ts"), "1")).collect();
        let many: Vec<(&str, &str)> = many.iter().map(|(path, sha256)| (path.as_str(), *sha256)).collect();
        assert!(between(Some(&[]), &modules(&many)).ends_with("4.ts was added, and 4 more"));
        assert!(between(None, &after).contains("not known here"));
    }
}
