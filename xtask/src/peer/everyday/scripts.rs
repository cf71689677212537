//! The scripts: which commands, in what folder, in which order.

use super::super::PROJECT;
use super::super::clients::Client;

/// Commands that build on each other.
pub(super) struct Script {
    pub(super) name: &'static str,
    /// A folder of `testdata/peer` to begin with; an empty one without.
    pub(super) project: Option<&'static str>,
    pub(super) acts: &'static [Act],
}

/// One command, and what is put into the folder before it.
pub(super) struct Act {
    official: &'static [&'static str],
    /// Where ours is called something else, or says more.
    ours: Option<&'static [&'static str]>,
    /// Whether it has to succeed, by either client. Else both are only compared.
    pub(super) succeeds: bool,
    /// Files written before, or taken away.
    pub(super) files: &'static [(&'static str, Option<&'static str>)],
}

impl Act {
    pub(super) fn name(&self) -> String {
        self.official.join(" ")
    }

    /// The words for a client, with the project where they name none.
    pub(super) fn words(&self, client: Client) -> Vec<&'static str> {
        let ours = self.ours.filter(|_| client == Client::Ours);
        let words = ours.unwrap_or(self.official);
        // In front, so that it is not taken for an argument of another command.
        let project = ["--project-id", PROJECT];
        words.iter().copied().chain(project).collect()
    }

    const fn with(self, files: &'static [(&'static str, Option<&'static str>)]) -> Self {
        Self { files, ..self }
    }

    const fn and_ours(self, ours: &'static [&'static str]) -> Self {
        Self { ours: Some(ours), ..self }
    }
}

const fn done(official: &'static [&'static str]) -> Act {
    Act { official, ours: None, succeeds: true, files: &[] }
}

const fn refused(official: &'static [&'static str]) -> Act {
    Act { official, ours: None, succeeds: false, files: &[] }
}

pub(super) const SCRIPTS: &[Script] = &[
    Script {
        name: "env-without-policy",
        project: None,
        acts: &[
            done(&["env", "pull"]),
            done(&["env", "pull", "--file", ".env.again"]),
            done(&["env", "pull"]).with(&[(
                ".env",
                Some("# mine\n\n  A = 'x' # y\nDATABASE_URL=old\nNEON_DATA_API_URL=gone\nAWS_REGION=mine\nB=\"1\n\n"),
            )]),
            done(&["env", "pull", "--file", "crlf"])
                .with(&[("crlf", Some("A=1\r\nDATABASE_URL=old\r\nNEON_AUTH_JWKS_URL=gone\r\nB=2"))]),
            done(&["env", "pull", "--file", "twice"])
                .with(&[("twice", Some("NEON_BRANCH=a\nexport DATABASE_URL=old\nNEON_BRANCH=b\n"))]),
            done(&["env", "pull", "-s", "postgres", "--file", "postgres"])
                .with(&[("postgres", Some("NEON_AUTH_JWKS_URL=stays\n"))]),
            done(&["env", "pull", "-e", "NEON_BRANCH,DATABASE_URL", "--file", "two"]),
            done(&["env", "pull", "-e", "NEON_FUNCTION_HELLO_BASE_URL", "-s", "ai-gateway", "--file", "three"]),
            done(&["env", "pull", "-e", "NEON_AI_GATEWAY_BASE_URL", "--file", "four"]),
            refused(&["env", "pull", "-s", "auth", "--file", "none"]),
            refused(&["env", "pull", "-s", "data-api", "--file", "none"]),
            refused(&["env", "pull", "-s", "functions", "--file", "none"]),
            refused(&["env", "pull", "-s", "object-storage", "--file", "none"]),
            refused(&["env", "pull", "-s", "mail", "--file", "none"]),
            refused(&["env", "pull", "-e", "AWS_ACCESS_KEY_ID", "--file", "none"]),
            refused(&["env", "pull", "-e", "DATABASE_UR", "--file", "none"]),
            refused(&["env", "pull", "--branch", "nope", "--file", "none"]),
            refused(&["env", "pull", "--config", "missing.ts", "--file", "none"]),
            refused(&["env", "pull", "--fil", "none"]),
        ],
    },
    Script {
        name: "env-with-policy",
        project: Some("environment"),
        acts: &[
            refused(&["env", "pull"]),
            done(&["deploy"]).and_ours(&["deploy", "--env-pull"]),
            done(&["env", "pull"]),
            done(&["env", "pull"]).with(&[("neon.mjs", None)]),
            done(&["env", "pull", "--config", "preview.mjs", "--file", "preview"]),
            done(&["env", "pull", "-s", "auth", "-e", "DATABASE_URL", "--file", "some"]),
            done(&["env", "pull", "--service", "functions,data-api", "--file", "urls"])
                .with(&[("urls", Some("NEON_FUNCTION_GONE_BASE_URL=x\nAWS_REGION=y\n"))]),
            done(&["env", "pull", "-s", "object-storage", "--file", "keys"]),
            done(&["env", "pull", "--file", "placeholder"]).with(&[(
                "placeholder",
                Some("AWS_ACCESS_KEY_ID=changeme\nAWS_SECRET_ACCESS_KEY=changeme\nNEON_AI_GATEWAY_TOKEN=nt_live_x_y\n"),
            )]),
        ],
    },
];
