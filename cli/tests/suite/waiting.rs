//! What becomes of deployments: told of where nobody waits, followed with `--wait`, probed with `--probe`.

use neonform_local::Seed;
use serde_json::Value;

use super::functions::{World, answering, called_at, steady};
#[cfg(unix)]
use super::interrupting::{NOTE, Running};
use super::support::{Ran, golden};

const ONE: &str = r#"export default { functions: { api: { name: "api", source: "./f.ts" } } };"#;
const TWO: &str = r#"export default {
  functions: { api: { name: "api", source: "./f.ts" }, mail: { name: "mail", source: "./f.ts" } },
};"#;

/// What reads of functions report one after the other; the builds that fail do so for a reason.
fn scripted(scripts: &[(&str, &[&str])]) -> Seed {
    let script = |(slug, statuses): &(&str, &[&str])| {
        ((*slug).to_owned(), statuses.iter().map(ToString::to_string).collect())
    };
    let error = |(slug, _): &(&str, &[&str])| ((*slug).to_owned(), "out of memory\u{1b}[31m".to_owned());
    Seed {
        deployment_status: scripts.iter().map(script).collect(),
        deployment_error: scripts.iter().map(error).collect(),
        ..Seed::default()
    }
}

fn world(policy: &str, seed: &Seed) -> World {
    let world = World::with(seed);
    world.scratch.write("neon.ts", policy);
    world
}

/// Changes are done in any order.
fn sorted(ran: Ran) -> String {
    let (mut done, others): (Vec<&str>, Vec<&str>) = ran.err.lines().partition(|line| line.starts_with("+ "));
    done.sort_unstable();
    let err: String = done.into_iter().chain(others).map(|line| line.to_owned() + "\n").collect();
    Ran { err, ..ran }.text()
}

#[test]
fn without_waiting_the_report_says_what_is_still_building() {
    let building = [("api", &["building"][..]), ("mail", &["building"])];
    let ran = world(TWO, &scripted(&building)).run(&["apply", "--branch", "main"]);
    assert_eq!(ran.code, 0);
    golden("waiting", "building", &sorted(ran));
    let ran = world(ONE, &scripted(&building)).run(&["apply", "-o", "json"]);
    golden("waiting", "building-json", &ran.text());
    // One that serves already is no news.
    let ran = world(ONE, &scripted(&[("api", &["completed"])])).run(&["apply", "-o", "json"]);
    let document: Value = serde_json::from_str(&ran.done()).unwrap();
    assert!(document.get("deployments").is_none(), "{document}");
    // One that is seen to have failed is.
    let ran = world(ONE, &scripted(&[("api", &["failed"])])).run(&["apply"]);
    assert_eq!(ran.code, 1);
    golden("waiting", "seen-to-fail", &ran.text());
}

#[test]
fn with_waiting_a_failed_build_fails_the_run_and_is_named() {
    let mixed = [("api", &["pending", "building", "completed"][..]), ("mail", &["building", "failed"])];
    let ran = world(TWO, &scripted(&mixed)).run(&["apply", "--wait"]);
    assert_eq!(ran.code, 1);
    golden("waiting", "failed", &sorted(ran));
    for format in ["json", "github", "sarif", "neon-json"] {
        let ran = world(TWO, &scripted(&mixed)).run(&["deploy", "--wait", "--no-env-pull", "-o", format]);
        assert_eq!(ran.code, 1, "{}", ran.text());
        golden("waiting", &format!("failed-{format}"), &sorted(ran));
    }
    let good = [("api", &["building", "completed"][..]), ("mail", &["building", "building", "completed"])];
    let completed = world(TWO, &scripted(&good));
    let ran = completed.run(&["config", "apply", "--wait", "--no-env-pull"]);
    assert_eq!(ran.code, 0, "{}", ran.text());
    golden("waiting", "completed", &sorted(ran));
    // Nothing is deployed, so nothing is waited for.
    completed.platform.server.clear_log();
    assert!(completed.run(&["apply", "--wait"]).done().starts_with("No changes"));
    assert!(completed.told("getBranchFunction").is_empty());
}

#[test]
fn a_new_branch_is_waited_for_as_well() {
    let seed = Seed {
        created_branch_id: Some("br-new-brook-11112222".to_owned()),
        created_endpoint_id: Some("ep-new-brook-11112222".to_owned()),
        ..scripted(&[("api", &["building", "failed"])])
    };
    let ran = world(ONE, &seed).run(&["apply", "--create", "--branch", "preview", "--wait", "--no-env-pull"]);
    assert!(ran.code == 1 && ran.err.contains("function api, deployment 1: out of memory"), "{}", ran.text());
}

#[test]
fn what_was_deployed_is_probed() {
    let (url, asked) = answering("204 No Content");
    let ran = world(ONE, &called_at(&url)).run(&["apply", "--wait", "--probe"]);
    assert_eq!(ran.code, 0, "{}", ran.text());
    golden("waiting", "probe", &steady(&ran, &url));
    assert!(!asked.recv().unwrap().contains("napi_key"));
    let ran = world(ONE, &called_at(&url)).run(&["apply", "--wait", "--probe", "-o", "json"]);
    golden("waiting", "probe-json", &steady(&ran, &url));
    let (url, _asked) = answering("500 Internal Server Error");
    let ran = world(ONE, &called_at(&url)).run(&["apply", "--wait", "--probe"]);
    assert_eq!(ran.code, 1, "{}", ran.text());
    golden("waiting", "probe-failed", &steady(&ran, &url));
    assert_eq!(world(ONE, &Seed::default()).run(&["apply", "--probe"]).code, 1);
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_the_waiting_and_not_the_build() {
    for arguments in [&["functions", "deploy", "api", "--src", "f.ts"][..], &["apply", "--wait"]] {
        let world = world(ONE, &scripted(&[("api", &["building"])]));
        let mut running = Running::start(&world.scratch, arguments, world.platform.server.url());
        let started = std::time::Instant::now();
        while world.told("deployBranchFunction").is_empty() || world.told("getBranchFunction").len() < 2 {
            assert!(started.elapsed().as_secs() < 20);
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        running.signal("-INT");
        running.says(NOTE);
        let ran = running.end();
        assert_eq!(ran.code, 130, "{}", ran.text());
        assert!((ran.out.clone() + &ran.err).contains("neonform functions get api"), "{}", ran.text());
        assert!(started.elapsed().as_secs() < 20);
    }
}
