//! The examples at the end of each command's `--help`. A test runs every one of them.
//!
//! An example that exits with 2 says so. A command without one fails a test, so that a new command gets its own here.

/// What an example does, and the command.
type Example = (&'static str, &'static str);

/// The examples of a command, by its words.
pub(super) fn of(command: &str) -> &'static [Example] {
    EXAMPLES.iter().find(|(words, _)| *words == command).map_or(&[], |(_, examples)| examples)
}

/// The text below `--help`.
pub(super) fn text(examples: &[Example]) -> String {
    let lines = examples.iter().map(|(what, command)| format!("  # {what}\n  {command}"));
    format!("Examples:\n{}", lines.collect::<Vec<_>>().join("\n"))
}

const EXAMPLES: &[(&str, &[Example])] = &[
    (
        "",
        &[
            (
                "Begin with nothing but this folder",
                "neonform init && neonform link --local --yes && neonform apply",
            ),
            ("What would change, and then change it", "neonform plan && neonform apply"),
            ("A branch of your own, with everything on it", "neonform checkout --create preview/search"),
        ],
    ),
    (
        "plan",
        &[
            ("What apply would change", "neonform plan"),
            ("Exit with 2 when there are changes", "neonform plan --detailed-exitcode --redeploy=api"),
            ("For several branches, side by side", "neonform plan --branches 'preview/*'"),
        ],
    ),
    (
        "apply",
        &[
            ("Make the branch what the policy says", "neonform apply"),
            ("A new branch with everything on it", "neonform apply --create --branch preview/search"),
            ("What was reviewed, or nothing", "neonform plan --out new.json && neonform apply new.json"),
        ],
    ),
    ("deploy", &[("Deploy, and leave env files alone", "neonform deploy --no-env-pull")]),
    (
        "checkout",
        &[
            ("Work on a branch that exists", "neonform checkout preview/login"),
            ("Make one first, from the policy", "neonform checkout --create preview/search"),
        ],
    ),
    ("link", &[("Work on this machine alone, without Neon", "neonform link --local --yes")]),
    ("branches list", &[("Every branch of the project", "neonform branches list")]),
    ("branches get", &[("One branch", "neonform branches get preview/login")]),
    ("branches create", &[("A protected branch", "neonform branches create --name staging --protected")]),
    ("branches delete", &[("Delete one without asking", "neonform branches delete preview/login --yes")]),
    ("branches rename", &[("Another name", "neonform branches rename preview/login preview/signin")]),
    ("git status", &[("Which branch belongs to this git branch", "neonform git status")]),
    ("git map", &[("Say it", "neonform git map preview/login")]),
    ("git sync", &[("Check it out", "neonform git map preview/login && neonform git sync")]),
    ("git install", &[("Let git do so by itself", "neonform git install")]),
    ("git uninstall", &[("And not any more", "neonform git uninstall")]),
    ("git cleanup", &[("Forget what is gone", "neonform git cleanup")]),
    ("init", &[("A policy and a function to start from", "neonform init")]),
    (
        "status",
        &[
            ("What exists on the branch", "neonform status"),
            ("For a prompt or a script, without the network", "neonform status --current-branch"),
        ],
    ),
    ("import", &[("What exists, as a policy", "neonform import --out -")]),
    (
        "snapshot",
        &[
            ("Keep what exists", "mkdir -p snapshots && neonform snapshot --out snapshots/main.json"),
            (
                "Whether it still is so; exit with 2 where not",
                "neonform buckets create new && neonform snapshot --check",
            ),
        ],
    ),
    (
        "diff",
        &[
            ("What a preview has and main has not", "neonform diff branch:main branch:preview/login"),
            ("What the policy would make of it", "neonform diff branch:main policy"),
        ],
    ),
    ("show", &[("A plan that was saved", "neonform plan --out new.json && neonform show new.json")]),
    ("log", &[("The last runs", "neonform log"), ("What the last one did", "neonform log last")]),
    (
        "eval",
        &[
            ("What the policy says for a new branch", "neonform eval --branch preview/search --new"),
            ("For several, side by side", "neonform eval --matrix main,new:preview/search"),
        ],
    ),
    ("bundle", &[("The archives that would be uploaded", "neonform bundle --out bundles")]),
    ("explain", &[("What is in a function's bundle", "neonform explain function.api")]),
    (
        "env pull",
        &[
            ("Into .env or .env.local", "neonform env pull"),
            ("Postgres only, into another file", "neonform env pull --service postgres --file .env.db"),
        ],
    ),
    ("env run", &[("A command with them", "neonform env run -- printenv DATABASE_URL")]),
    (
        "env export",
        &[
            ("Into this shell", "eval \"$(neonform env export --format shell)\""),
            ("For another program", "neonform env export --format json"),
        ],
    ),
    (
        "functions deploy",
        &[
            ("From its source", "neonform functions deploy api --src functions/api.ts"),
            ("A variable more, the code as it is", "neonform functions deploy api --env LOG_LEVEL=debug"),
        ],
    ),
    ("functions list", &[("Every function of the branch", "neonform functions list")]),
    ("functions get", &[("Where it is, and what was deployed", "neonform functions get api")]),
    ("functions delete", &[("Delete one without asking", "neonform functions delete health --yes")]),
    ("functions domains list", &[("Every domain of the branch", "neonform functions domains list")]),
    (
        "functions domains register",
        &[("A domain of yours", "neonform functions domains register api.example.com --slug api")],
    ),
    (
        "functions domains delete",
        &[("Delete one without asking", "neonform functions domains delete docs.example.com --yes")],
    ),
    ("domains list", &[("Every domain of the branch", "neonform domains list")]),
    ("domains add", &[("A domain of yours", "neonform domains add api.example.com --slug api")]),
    ("domains delete", &[("Delete one without asking", "neonform domains delete docs.example.com --yes")]),
    ("triggers list", &[("Every trigger of the branch", "neonform triggers list")]),
    ("triggers get", &[("One of them", "neonform triggers get nightly")]),
    (
        "triggers create",
        &[
            (
                "Every hour",
                "neonform triggers create --name hourly --function-slug digest --cron '0 * * * *'",
            ),
            (
                "When an object is stored",
                "neonform triggers create --name stored --function-slug api --bucket todo-exports",
            ),
        ],
    ),
    ("triggers update", &[("At another time", "neonform triggers update nightly --cron '0 4 * * *'")]),
    ("triggers enable", &[("On", "neonform triggers enable nightly")]),
    ("triggers disable", &[("Off, and kept", "neonform triggers disable nightly")]),
    ("triggers delete", &[("Delete one without asking", "neonform triggers delete nightly --yes")]),
    ("buckets list", &[("Every bucket of the branch", "neonform buckets list")]),
    (
        "buckets create",
        &[("One that everybody reads", "neonform buckets create media --access-level public_read")],
    ),
    ("buckets delete", &[("Delete one without asking", "neonform buckets delete todo-exports --yes")]),
    ("config init", &[("A policy and a function to start from", "neonform config init")]),
    ("config plan", &[("What apply would change", "neonform config plan")]),
    ("config apply", &[("Make the branch what the policy says", "neonform config apply --no-env-pull")]),
    ("config status", &[("What a policy would say of it", "neonform config status --config-json")]),
    ("local serve", &[("On a free port", "neonform local serve --port 0")]),
    ("sandbox", &[("What holds on this machine", "neonform sandbox")]),
    ("completions", &[("In this shell", "source <(neonform completions bash)")]),
    ("man", &[("A page for each command", "neonform man --out man/man1")]),
    ("version", &[("For a bug report", "neonform version")]),
];
