//! What the neon command line has and `neonform` has not: what to use instead.

/// Its commands that are none of ours, with their other names.
const COMMANDS: &str = "auth login profile profiles api-keys api-key api me orgs org projects project ip-allow vpc neon-auth \
    databases database db roles role operations operation logs snapshots inspect inspection \
    connection-string cs psql set-context open claim claimable mcp plugins plugin skills skill ask \
    data-api bootstrap dev credentials";

/// Its flags that are none of ours.
const FLAGS: &[(&str, &str)] = &[
    ("--profile", "profiles are kept by the neon command line; set NEON_API_KEY or pass --api-key"),
    ("--config-dir", "nothing of the user's is kept in a folder; set NEON_API_KEY or pass --api-key"),
    ("--oauth-host", "there is no login in a browser; set NEON_API_KEY or pass --api-key"),
    ("--client-id", "there is no login in a browser; set NEON_API_KEY or pass --api-key"),
    ("--force-auth", "there is no login in a browser; set NEON_API_KEY or pass --api-key"),
    ("--analytics", "leave it out; neonform reports nothing to anyone"),
];

/// What to use instead of a command.
pub(super) fn command(word: &str) -> Option<String> {
    let is_theirs = COMMANDS.split_whitespace().any(|theirs| theirs == word);
    is_theirs.then(|| format!("this one is the neon command line's: neon {word}"))
}

/// What to use instead of a flag.
pub(super) fn flag(word: &str) -> Option<&'static str> {
    FLAGS.iter().find(|(flag, _)| *flag == word).map(|(_, instead)| *instead)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args;

    #[test]
    fn what_we_have_is_not_listed() {
        let program = args::program();
        for word in COMMANDS.split_whitespace() {
            assert!(program.find_subcommand(word).is_none(), "{word}");
        }
        let ours =
            |flag: &str| program.get_arguments().any(|ours| ours.get_long() == flag.strip_prefix("--"));
        assert!(FLAGS.iter().all(|(flag, _)| !ours(flag)));
    }
}
