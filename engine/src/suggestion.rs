//! What was probably meant where a name is not known: the nearest known one, at most two edits away.
//!
//! Kinds, providers and the command line all say it in the same words, in front of what else can be done.

use crate::diagnostic::Diagnostic;

/// Letters that may be missing, too many, different or swapped.
const EDITS: usize = 2;

/// The known name that is nearest to an unknown one, whatever the case of its letters.
pub fn nearest<'a>(unknown: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let unknown = unknown.to_lowercase();
    // Of a short name, two edits leave nothing.
    let most = EDITS.min(unknown.chars().count().saturating_sub(1) / 2);
    let distances = known.into_iter().map(|name| (distance(&unknown, &name.to_lowercase()), name));
    distances
        .filter(|(distance, _)| *distance <= most)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

fn distance(unknown: &str, known: &str) -> usize {
    // Spares the long ones, which servers may send in thousands.
    if unknown.len().abs_diff(known.len()) > EDITS * char::MAX.len_utf8() {
        return usize::MAX;
    }
    strsim::damerau_levenshtein(unknown, known)
}

impl Diagnostic {
    /// With the question whether the nearest known name was meant, in front of the fix.
    #[must_use]
    pub fn suggest<'a>(self, unknown: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        let Some(near) = nearest(unknown, known) else { return self };
        let fix = match &self.fix {
            Some(fix) => format!("did you mean {near}? Otherwise {fix}"),
            None => format!("did you mean {near}?"),
        };
        Self { fix: Some(fix), ..self }
    }

    /// The same for several unknown names.
    #[must_use]
    pub fn suggest_each(self, unknown: &[&str], known: &[&str]) -> Self {
        let near: Vec<&str> =
            unknown.iter().filter_map(|name| nearest(name, known.iter().copied())).collect();
        if near.is_empty() {
            return self;
        }
        let fix = self.fix.as_deref().map(|fix| format!(" Otherwise {fix}")).unwrap_or_default();
        let fix = format!("did you mean {}?{fix}", near.join(", "));
        Self { fix: Some(fix), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 4] = ["main", "preview/login", "preview/logout", "api"];

    fn check(unknown: &str, expected: Option<&str>) {
        assert_eq!(nearest(unknown, KNOWN), expected, "{unknown}");
    }

    #[test]
    fn up_to_two_edits_are_a_typo() {
        check("preview/loign", Some("preview/login"));
        check("preview/logn", Some("preview/login"));
        check("PREVIEW/LOGIN", Some("preview/login"));
        check("mian", Some("main"));
        check("preview/l", None);
        check("staging", None);
    }

    #[test]
    fn a_short_name_is_not_just_any_other() {
        check("apo", Some("api"));
        check("xyz", None);
        check("a", None);
        check("", None);
    }

    #[test]
    fn the_question_stands_in_front_of_the_fix() {
        let problem = Diagnostic::error(crate::diagnostic::codes::USAGE, "unknown").fix("name another");
        let asked = problem.clone().suggest("mian", KNOWN);
        assert_eq!(asked.fix.as_deref(), Some("did you mean main? Otherwise name another"));
        assert_eq!(problem.clone().suggest("staging", KNOWN), problem);
        let both = problem.suggest_each(&["mian", "apo", "staging"], &KNOWN);
        assert_eq!(both.fix.as_deref(), Some("did you mean main, api? Otherwise name another"));
    }
}
