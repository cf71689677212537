//! Which of the corpus's rule names one of our codes may stand for.
//!
//! The corpus names rules finely (`domain-duplicate`), our codes name classes of problem
//! (`duplicate`). A code that may stand for several rules still has to be at the right path and to
//! mention the right values.

/// The corpus's kinds that a code may stand for.
pub fn kinds(code: &str) -> &'static [&'static str] {
    match code {
        "unknown-key" => &["unknown-key"],
        "wrong-type" => &[
            "wrong-type",
            "union",
            "closure-not-function",
            "config-not-object",
            "hook-type",
            "discriminator",
            "duration-not-integer",
        ],
        "invalid-choice" => &["wrong-literal", "union", "discriminator", "bundler"],
        "invalid-name" => &["slug"],
        "too-small" => &["too-small", "hook-empty"],
        "too-big" => &["too-big"],
        "unset-variable" => &["env-undefined"],
        "duplicate-home" => &["duplicate-home"],
        "duplicate" => &["domain-duplicate", "external-package-duplicate"],
        "contradiction" => &["external-package-disagree", "domain-two-functions"],
        "unknown-reference" => &["trigger-unknown-function", "trigger-unknown-bucket"],
        "missing-prerequisite" => &["needs-auth"],
        "not-allowed-here" => &["external-only-field", "external-package-bundler"],
        "invalid-duration" => &[
            "duration-unit-missing",
            "duration-syntax",
            "duration-empty",
            "duration-not-positive",
            "duration-not-integer",
        ],
        "duration-out-of-range" => &["suspend-bounds", "ttl-max"],
        "invalid-compute-size" => {
            &["compute-unit", "compute-min-gt-max", "compute-over-autoscaling-max", "compute-range"]
        }
        "invalid-branch-name" => {
            &["parent-wildcard", "parent-empty", "parent-whitespace", "parent-too-long", "parent-characters"]
        }
        "invalid-hostname" => &["domain-empty", "domain-length", "domain-hostname"],
        "invalid-package-name" => &["external-package-path", "external-package-not-installable"],
        "closure-threw" => &["closure-threw"],
        "not-plain-data" => &["wrong-type", "union", "config-not-object"],
        "policy-is-function" => &["config-is-function"],
        _ => &[],
    }
}

/// The corpus's kinds of a failure to load that a code may stand for.
pub fn load_kinds(code: &str) -> &'static [&'static str] {
    match code {
        "policy-not-found" => &["not-found"],
        "policy-not-a-file" => &["is-directory"],
        // The reference's loader fails on `export default null` before it looks at it.
        "no-default-export" => &["no-default-export", "evaluation-failed"],
        "syntax-error" | "module-not-found" | "outside-repository" | "evaluation-failed" | "sandbox"
        | "heap-limit" | "time-limit" | "unreadable-file" => &["evaluation-failed"],
        _ => &[],
    }
}
