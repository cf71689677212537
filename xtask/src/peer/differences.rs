//! Where our state differs from the official client's on purpose, with a reason each.
//!
//! `*` stands for any text. A listed difference that no longer occurs fails the comparison, so the
//! list stays true.

/// One difference.
pub struct Difference {
    /// After which comparison: `case/policy on branch`, and what `cases.rs` calls the round.
    pub at: &'static str,
    /// The field.
    pub field: &'static str,
    /// Its value after the official client, `nothing` for none.
    pub official: &'static str,
    /// Its value after ours.
    pub ours: &'static str,
    /// Why that is right.
    pub reason: &'static str,
}

const LISTED: &[Difference] = &[
    Difference {
        at: "*",
        field: "*.functions.*_deployment.environment.NEONFORM_(marker)",
        official: "nothing",
        ours: "set",
        reason: "each of our deployments says in a variable's name what it was made from, instead of a state file",
    },
    Difference {
        at: "* again",
        field: "*.functions.*_deployment.id",
        official: "2",
        ours: "1",
        reason: "an unchanged function is not deployed again",
    },
    Difference {
        at: "settings-drift/neon.after.ts on peer without consent",
        field: "peer.functions.*_deployment.id",
        official: "2",
        ours: "1",
        reason: "until then the official client deployed twice and ours once",
    },
    Difference {
        at: "everything/* by the other client",
        field: "peer.functions.*_deployment.id",
        official: "3",
        ours: "2",
        reason: "before the handover the official client deployed twice and ours once",
    },
    Difference {
        at: "settings-drift/neon.after.ts on peer*",
        field: "peer.functions.first.*_deployment.id",
        official: "*",
        ours: "2",
        reason: "the official client deploys with every apply, ours when the environment has changed",
    },
    Difference {
        at: "settings-drift/neon.after.ts on peer*",
        field: "peer.functions.second.*_deployment.id",
        official: "*",
        ours: "1",
        reason: "a function that gets a domain or a trigger is not deployed for it",
    },
    Difference {
        at: "removals/neon.after.ts on *",
        field: "peer.functions.kept.*_deployment.id",
        official: "*",
        ours: "2",
        reason: "the official client deploys with every apply, ours when the environment has changed",
    },
    Difference {
        at: "removals/neon.after.ts on *",
        field: "peer.functions.dropped.*_deployment.id",
        official: "2",
        ours: "1",
        reason: "the official client deployed it twice while it was declared",
    },
    Difference {
        at: "inherited/neon.ts on peer*",
        field: "main.functions.job.*_deployment.id",
        official: "2",
        ours: "1",
        reason: "the official client deployed it twice to main",
    },
    Difference {
        at: "inherited/neon.ts on peer*",
        field: "peer.functions.job.*_deployment.id",
        official: "*",
        ours: "1",
        reason: "a function that the child inherited unchanged is not deployed again",
    },
    Difference {
        at: "everything/*",
        field: "peer.functions.api.name",
        official: "api",
        ours: "Public API",
        reason: "the official client never sends the display name",
    },
    Difference {
        at: "preview-block/*",
        field: "peer.functions.old.name",
        official: "old",
        ours: "Old home",
        reason: "the official client never sends the display name",
    },
    Difference {
        at: "inherited/*",
        field: "*.functions.job.name",
        official: "job",
        ours: "A job",
        reason: "the official client never sends the display name",
    },
    Difference {
        at: "*",
        field: "peer.branch.expires_at",
        official: "created + *",
        ours: "created + *00 s",
        reason: "ttl is measured from the branch's creation, so that applying again does not prolong it",
    },
    Difference {
        at: "everything/* by the other client*",
        field: "peer.branch.expires_at",
        official: "created + *",
        ours: "created + *",
        reason: "the official client prolongs what ours applied, once enough time has passed",
    },
    Difference {
        at: "*",
        field: "peer.branch.ttl_interval_seconds",
        official: "*00",
        ours: "*",
        reason: "what remained of a lifetime that is measured from the creation",
    },
    Difference {
        at: "settings-drift/neon.after.ts on peer*",
        field: "peer.data_api.settings.server_timing_enabled",
        official: "false",
        ours: "true",
        reason: "a setting that the policy no longer names stays; the official client resets it by leaving it out",
    },
    Difference {
        at: "removals/neon.after.ts on *",
        field: "peer.functions.kept.*_deployment.environment.GOES",
        official: "set",
        ours: "nothing",
        reason: "a variable that the policy no longer names is removed",
    },
    Difference {
        at: "inherited/neon.ts on peer*",
        field: "peer.triggers.hourly.enabled",
        official: "true",
        ours: "false",
        reason: "an inherited trigger stays disabled unless the policy says `enabled: true` in so many words",
    },
    Difference {
        at: "inherited/neon.ts on peer*",
        field: "peer.triggers.hourly.inherited",
        official: "false",
        ours: "true",
        reason: "the inherited trigger is not touched, so the branch has no copy of its own",
    },
    Difference {
        at: "inherited/neon.ts on peer*",
        field: "peer.triggers.hourly.next_run_at",
        official: "a time",
        ours: "null",
        reason: "a disabled trigger does not run",
    },
    Difference {
        at: "inherited/neon.ts on peer*",
        field: "peer.triggers.hourly.version",
        official: "2",
        ours: "1",
        reason: "the inherited trigger is not touched",
    },
    Difference {
        at: "*",
        field: ".neon *",
        official: "nothing",
        ours: "*Id*",
        reason: "the organisation stands before the project, as the official client's own link writes it",
    },
    Difference {
        at: "*",
        field: ".neon *",
        official: "*Id*",
        ours: "nothing",
        reason: "the organisation stands before the project, as the official client's own link writes it",
    },
    Difference {
        at: "*",
        field: "* mode",
        official: "644",
        ours: "600",
        reason: "a file that holds secrets is for its owner alone",
    },
    Difference {
        at: "env-without-policy: *",
        field: "crlf *",
        official: "\"*\\n\"",
        ours: "\"*\\r\\n\"",
        reason: "lines end as the file's other lines do",
    },
    Difference {
        at: "env-without-policy: *",
        field: "twice 3 NEON_BRANCH",
        official: "\"NEON_BRANCH=b\\n\"",
        ours: "\"NEON_BRANCH=main\\n\"",
        reason: "readers disagree on which of two assignments counts, so both hold the same",
    },
    Difference {
        at: "env-without-policy: *",
        field: "twice 2 export DATABASE_URL",
        official: "nothing",
        ours: "\"export DATABASE_URL=*",
        reason: "what stands before a name stays, so that a shell that reads the file still exports it",
    },
    Difference {
        at: "env-without-policy: *",
        field: "twice 2 DATABASE_URL",
        official: "\"DATABASE_URL=*",
        ours: "nothing",
        reason: "what stands before a name stays",
    },
];

/// The list, and which of it occurred.
#[derive(Default)]
pub struct Accepted {
    used: Vec<usize>,
}

impl Accepted {
    /// Whether a difference is listed; remembers that it occurred.
    pub fn holds(&mut self, at: &str, field: &str, official: &str, ours: &str) -> bool {
        let fits = |it: &Difference| {
            matches(it.at, at)
                && matches(it.field, field)
                && matches(it.official, official)
                && matches(it.ours, ours)
        };
        let before = self.used.len();
        self.used.extend((0..LISTED.len()).filter(|place| fits(&LISTED[*place])));
        self.used.len() > before
    }

    /// How many of the list occurred.
    pub fn used(&self) -> usize {
        LISTED.len() - self.unused().len()
    }

    /// What is listed and did not occur.
    pub fn unused(&self) -> Vec<&'static Difference> {
        let unused = LISTED.iter().enumerate().filter(|(place, _)| !self.used.contains(place));
        unused.map(|(_, difference)| difference).collect()
    }
}

/// Whether a text is what a pattern says; `*` stands for any text.
fn matches(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(text) = text.strip_prefix(start) else { return false };
    text.char_indices().map(|(place, _)| place).chain([text.len()]).any(|place| matches(rest, &text[place..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_any_text() {
        assert!(matches("a.*.c", "a.b.b.c") && matches("*", "") && matches("* again", "x again"));
        assert!(!matches("a.*.c", "a.c") && !matches("a", "ab") && !matches("* again", "again"));
    }
}
