//! Why a function's code differs: the modules that changed, in one line for people.

use super::driver::Module;

/// The most modules that are named.
const NAMED: usize = 5;

/// What differs between the deployed bundle's modules and those of the new one, both sorted by path.
pub(super) fn between(deployed: Option<&[Module]>, new: &[Module]) -> String {
    let Some(deployed) = deployed else {
        return "which modules changed is not known here: the deployed bundle was made elsewhere".to_owned();
    };
    let find = |among: &[Module], path: &str| {
        among
            .binary_search_by(|module| module.path.as_str().cmp(path))
            .ok()
            .map(|place| among[place].sha256.clone())
    };
    let mut told: Vec<String> = Vec::new();
    for module in new {
        match find(deployed, &module.path) {
            None => told.push(format!("{} was added", module.path)),
            Some(before) if before != module.sha256 => told.push(format!("{} changed", module.path)),
            Some(_) => {}
        }
    }
    let removed = deployed.iter().filter(|module| find(new, &module.path).is_none());
    told.extend(removed.map(|module| format!("{} was removed", module.path)));
    match told.len() {
        0 => "no module changed; the bundler or its options did".to_owned(),
        number if number > NAMED => format!("{}, and {} more", told[..NAMED].join(", "), number - NAMED),
        _ => told.join(", "),
    }
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
        assert_eq!(between(Some(&after), &after), "no module changed; the bundler or its options did");
        let many: Vec<(String, &str)> = (0..9).map(|number| (format!("{number}.ts"), "1")).collect();
        let many: Vec<(&str, &str)> = many.iter().map(|(path, sha256)| (path.as_str(), *sha256)).collect();
        assert!(between(Some(&[]), &modules(&many)).ends_with("4.ts was added, and 4 more"));
        assert!(between(None, &after).contains("not known here"));
    }
}
