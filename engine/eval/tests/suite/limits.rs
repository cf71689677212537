//! What becomes of policies that take too much: each in a process of its own, which has to end in order.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use neonform_eval::Limits;

use super::Project;

const POLICY: &str = "NEONFORM_TEST_HOG";

/// Not a test by itself: what [`hog`] runs in a child process.
#[test]
#[ignore = "run by the other tests in a process of its own"]
fn child() {
    let Ok(policy) = std::env::var(POLICY) else { return };
    let mut project = Project::new(&[("neon.ts", &policy)]);
    project.limits = Limits { heap_bytes: 1024 * 1024 * std::env::var("HOG_MIB").map_or(64, |m| m.parse().unwrap()), time: Duration::from_secs(std::env::var("HOG_S").map_or(2, |m| m.parse().unwrap())) };
    let text = project.run(&["main"]);
    #[allow(clippy::print_stdout, reason = "how the parent learns of it")]
    {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let peak = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default().replace([' ', '\t'], "");
        println!("RESULT {} {peak}", text.trim().replace('\n', " / "));
    }
}

/// Runs a policy in a child process; how it ended, and what it said.
fn run(policy: &str) -> (String, Duration) {
    let started = Instant::now();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["limits::child", "--exact", "--ignored", "--nocapture"])
        .env(POLICY, policy)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let stdout = String::from_utf8_lossy(&output.stdout);
    let result = stdout.lines().find_map(|line| line.split_once("RESULT ").map(|(_, result)| result.to_owned()));
    let stderr = String::from_utf8_lossy(&output.stderr);
    let result = result.unwrap_or_else(|| format!("no result: {} {}", output.status, stderr.replace('\n', " / ")));
    (format!("{}{result}", if output.status.success() { "" } else { "FAILED " }), started.elapsed())
}

#[test]
#[ignore = "exploration"]
fn explore() {
    for line in std::fs::read_to_string("/tmp/hogs.txt").unwrap().lines() {
        let (result, took) = run(&format!("{line}\nexport default {{}};"));
        println!("{:>6.2}s {line}\n        {}", took.as_secs_f64(), result.chars().take(330).collect::<String>());
    }
}
