//! The scripts: which commands, in what folder, in which order.
//!
//! `trigger:NAME` among the words becomes that trigger's id. Ours asks before it deletes, so it gets a `--yes`.

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
    /// Words that ours needs besides.
    ours: &'static [&'static str],
    /// Whether it has to succeed, by either client. Else both are only compared.
    pub(super) succeeds: bool,
    /// Files written before, or taken away.
    pub(super) files: &'static [(&'static str, Option<&'static str>)],
    /// What git does before.
    pub(super) git: &'static [&'static [&'static str]],
}

impl Act {
    pub(super) fn name(&self) -> String {
        self.official.join(" ")
    }

    /// The words for a client.
    pub(super) fn words(&self, client: Client) -> Vec<&'static str> {
        let more = if client == Client::Ours { self.ours } else { &[] };
        // Without a branch, the official client takes a trigger's id for one.
        let about: &[&str] = match self.official {
            ["triggers", ..] => &["--project-id", PROJECT, "--branch", "main"],
            ["link", "--clear"] => &[],
            _ => &["--project-id", PROJECT],
        };
        self.official.iter().chain(more).chain(about).copied().collect()
    }

    const fn with(self, files: &'static [(&'static str, Option<&'static str>)]) -> Self {
        Self { files, ..self }
    }

    const fn git(self, git: &'static [&'static [&'static str]]) -> Self {
        Self { git, ..self }
    }

    const fn ours(self, ours: &'static [&'static str]) -> Self {
        Self { ours, ..self }
    }
}

const fn done(official: &'static [&'static str]) -> Act {
    Act { official, ours: &[], succeeds: true, files: &[], git: &[] }
}

const fn refused(official: &'static [&'static str]) -> Act {
    Act { official, ours: &[], succeeds: false, files: &[], git: &[] }
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
            done(&["deploy"]).ours(&["--env-pull"]),
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
    Script {
        name: "functions",
        project: Some("functions"),
        acts: &[
            done(&["functions", "deploy", "hello", "--src", "hello.ts", "--env", "MODE=test", "--env", "GOES=1"]),
            done(&["functions", "deploy", "hello", "--src", "hello.ts", "--env", "GOES="]),
            done(&["functions", "deploy", "folder", "--src", "folder", "--runtime", "nodejs24", "--wait"]),
            done(&["functions", "deploy", "raw", "--src", "prebuilt", "--no-bundle"]),
            refused(&["functions", "deploy", "Bad_Slug", "--src", "hello.ts"]),
            refused(&["functions", "deploy", "hello", "--src", "missing.ts"]),
            refused(&["functions", "deploy", "hello", "--src", "hello.ts", "--env", "NOVALUE"]),
            refused(&["functions", "deploy", "hello", "--src", "hello.ts", "--runtime", "cobol"]),
            done(&["functions", "list"]),
            done(&["functions", "get", "hello", "-E"]),
            refused(&["functions", "get", "nope"]),
            done(&["functions", "domains", "register", "shop.example.com", "--slug", "hello"]),
            refused(&["functions", "domains", "register", "shop.example.com", "--slug", "nope"]),
            refused(&["functions", "domains", "register", "no_domain", "--slug", "hello"]),
            done(&["functions", "domains", "list"]),
            done(&["functions", "domains", "delete", "shop.example.com"]).ours(&["--yes"]),
            done(&["functions", "delete", "raw"]).ours(&["--yes"]),
            refused(&["functions", "delete", "nope"]).ours(&["--yes"]),
        ],
    },
    Script {
        name: "buckets-and-triggers",
        project: Some("functions"),
        acts: &[
            done(&["functions", "deploy", "job", "--src", "hello.ts"]),
            done(&["buckets", "create", "photos"]),
            done(&["buckets", "create", "open", "--access-level", "public_read"]),
            refused(&["buckets", "create", "photos"]),
            refused(&["buckets", "create", "Bad_NAME"]),
            done(&["buckets", "list"]),
            done(&["triggers", "create", "--name", "nightly", "--function-slug", "job", "--cron", "0 3 * * *"]),
            done(&["triggers", "create", "--name", "photo", "--function-slug", "job", "--bucket", "photos", "--prefix", "in/"]),
            refused(&["triggers", "create", "--name", "nightly", "--function-slug", "job", "--cron", "0 4 * * *"]),
            refused(&["triggers", "create", "--name", "bad", "--function-slug", "job", "--cron", "often"]),
            refused(&["triggers", "create", "--name", "bad", "--function-slug", "nope", "--cron", "0 4 * * *"]),
            done(&["triggers", "update", "trigger:nightly", "--cron", "30 4 * * *", "--function-path", "/run"]),
            done(&["triggers", "disable", "trigger:nightly"]),
            done(&["triggers", "enable", "trigger:nightly"]),
            done(&["triggers", "get", "trigger:photo"]),
            refused(&["triggers", "get", "nope"]),
            done(&["triggers", "list"]),
            done(&["triggers", "delete", "trigger:nightly"]).ours(&["--yes"]),
            refused(&["buckets", "delete", "nope"]).ours(&["--yes"]),
            done(&["buckets", "delete", "open"]).ours(&["--yes"]),
        ],
    },
    Script {
        // Without a policy: with one, the official client's `checkout --create` asks Neon whatever host it was given.
        name: "checkout-and-branches",
        project: None,
        acts: &[
            refused(&["checkout"]),
            refused(&["checkout", "nope"]),
            refused(&["checkout", "--create"]),
            refused(&["checkout", "br-quiet-meadow-a1b2c3d4"]),
            done(&["branches", "create", "--name", "dev"]),
            done(&["checkout", "dev"]),
            done(&["checkout", "work", "--create", "--no-env-pull"]),
            done(&["checkout", "work", "--create"]),
            refused(&["branches", "create", "--name", "main"]),
            done(&["branches", "create", "--name", "small", "--parent", "dev", "--cu", "0.25-1", "--suspend-timeout", "600"]),
            refused(&["branches", "create", "--name", "x", "--parent", "nope"]),
            done(&["branches", "rename", "small", "smaller"]),
            refused(&["branches", "rename", "nope", "other"]),
            done(&["branches", "list"]),
            done(&["branches", "delete", "smaller"]).ours(&["--yes"]),
            refused(&["branches", "delete", "nope"]).ours(&["--yes"]),
            refused(&["branches", "delete", "main"]).ours(&["--yes"]),
            done(&["checkout", "main"]),
        ],
    },
    Script {
        name: "link",
        project: None,
        acts: &[
            refused(&["link", "--branch", "nope"]),
            done(&["link", "-y", "--no-env-pull"]),
            done(&["link", "--clear"]),
            done(&["link", "--branch", "main"]).with(&[(".gitignore", Some("node_modules"))]),
            done(&["link", "--no-checks", "--org-id", "org-other-1", "--branch", "feature"]),
            done(&["env", "pull", "--branch", "main", "--file", "after"]),
        ],
    },
    Script {
        name: "git",
        project: None,
        acts: &[
            refused(&["git", "status"]),
            refused(&["git", "install"]).git(&[
                &["init", "-q", "-b", "main", "."],
                &["-c", "user.name=n", "-c", "user.email=n@example.com", "commit", "-q", "--allow-empty", "-m", "first"],
            ]),
            done(&["link", "-y", "--no-env-pull"]),
            done(&["git", "status"]),
            done(&["git", "install"]),
            done(&["git", "uninstall"]),
            done(&["branches", "create", "--name", "feature/log-in"]),
            done(&["git", "sync", "--no-env-pull"]).git(&[&["checkout", "-q", "-b", "Feature/Log_In!"]]),
            refused(&["git", "sync", "--no-env-pull"]).git(&[&["checkout", "-q", "-b", "unknown"]]),
            done(&["git", "cleanup"]),
            done(&["git", "cleanup"]).git(&[&["branch", "-q", "-D", "Feature/Log_In!"]]),
        ],
    },
];
