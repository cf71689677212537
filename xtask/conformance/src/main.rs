//! Runs conformance cases: the documented format in, passed, failed and skipped out.
//!
//! A case is run through the same code as the command line: policy evaluation, the pipeline, the API
//! client, and the embedded backend seeded with the case's platform state. `case.rs` reads a case,
//! `seed.rs` makes its platform, `execute.rs` runs it, `mutations.rs` says what was sent in the
//! corpus's words, `compare.rs` judges, `accepted.rs` lists where we differ on purpose.

mod accepted;
mod case;
mod compare;
mod execute;
mod inspect;
mod issues;
mod mutations;
mod placeholder;
mod seed;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use serde_json::json;

use compare::Verdict;

/// Run conformance cases against neonform.
#[derive(Parser)]
struct Arguments {
    /// A case, or a directory of cases
    directory: PathBuf,
    /// Only cases of this family
    #[arg(long)]
    family: Option<String>,
    /// Print one JSON document instead of text
    #[arg(long)]
    json: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let cases = match case::find(&arguments.directory) {
        Ok(cases) => cases,
        Err(message) => {
            eprintln!("{message}");
            return ExitCode::FAILURE;
        }
    };
    let mut report = Report { json: arguments.json, ..Report::default() };
    for case in cases {
        match case {
            Ok(case) if arguments.family.as_ref().is_none_or(|family| *family == case.family) => {
                let verdict = execute::run(&case)
                    .await
                    .map_or_else(Verdict::Failed, |actual| compare::judge(&case, &actual));
                report.add(&case.name, &case.family, &verdict);
            }
            Ok(_) => {}
            Err((name, message)) => report.add(&name, "unreadable", &Verdict::Failed(message)),
        }
    }
    report.finish()
}

#[derive(Default)]
struct Report {
    json: bool,
    passed: usize,
    improved: usize,
    failed: usize,
    skipped: usize,
    entries: Vec<serde_json::Value>,
}

impl Report {
    fn add(&mut self, name: &str, family: &str, verdict: &Verdict) {
        let (word, text) = match verdict {
            Verdict::Passed => {
                self.passed += 1;
                ("passed", None)
            }
            Verdict::Improved => {
                self.passed += 1;
                self.improved += 1;
                ("improved", None)
            }
            Verdict::Skipped(why) => {
                self.skipped += 1;
                ("skipped", Some(why))
            }
            Verdict::Failed(difference) => {
                self.failed += 1;
                ("failed", Some(difference))
            }
        };
        if self.json {
            self.entries.push(json!({ "case": name, "family": family, "result": word, "text": text }));
        } else if let Some(text) = text {
            println!("{word}: {name} ({family})");
            text.lines().for_each(|line| println!("    {line}"));
        }
    }

    fn finish(self) -> ExitCode {
        let Self { passed, improved, failed, skipped, .. } = self;
        let summary = format!("{passed} passed, {failed} failed, {skipped} skipped");
        if self.json {
            println!(
                "{:#}",
                json!({ "cases": self.entries, "passed": passed, "improved": improved, "failed": failed, "skipped": skipped })
            );
        } else {
            if improved > 0 {
                println!("{improved} of those passed do better than the reference, as their case accepts");
            }
            println!("{summary}");
        }
        if failed > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS }
    }
}
