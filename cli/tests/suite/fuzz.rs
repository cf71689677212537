//! Files that we read, made invalid: whatever is in one, a command ends soon, in a result or in problems.

use std::fs;
use std::time::{Duration, Instant};

use neonform_fuzz::{edited, edits, holds, tears, torn};
use proptest::prelude::*;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use super::support::{Ran, Scratch};

const POLICY: &str = "export default {
    auth: true,
    buckets: { uploads: {} },
    functions: { api: { name: 'Api', source: './f.ts', env: { KEY: 'swordfish', OTHER: process.env.OTHER ?? 'x' } } },
    triggers: { nightly: { type: 'schedule', cron: '0 3 * * *', function: 'api' } },
};";

/// How long a command may take; much of it is a busy machine.
const BOUND: Duration = Duration::from_secs(20);

fn scratch() -> Scratch {
    let scratch = Scratch::with_policy(POLICY);
    scratch.write("f.ts", "export default () => new Response();");
    scratch
}

/// A command that may fail and must not break.
fn ends(scratch: &Scratch, arguments: &[&str]) -> Result<Ran, String> {
    let started = Instant::now();
    let ran = scratch.run(arguments);
    let took = started.elapsed();
    let said = ran.code == 0 || ran.code == 2 || ran.err.contains("error[");
    if !said || ran.err.contains("panicked") || ran.err.contains("bug in neonform") || took > BOUND {
        return Err(format!(
            "{arguments:?} took {took:?}\n{}",
            ran.text().chars().take(4_000).collect::<String>()
        ));
    }
    Ok(ran)
}

/// What a file is made of: edits of its JSON, or of its bytes.
fn cases() -> impl Strategy<Value = (Vec<neonform_fuzz::Edit>, Vec<(u16, u8)>)> {
    prop_oneof![
        3 => edits().prop_map(|edits| (edits, Vec::new())),
        1 => tears().prop_map(|tears| (Vec::new(), tears)),
    ]
}

/// The same plan with a checksum that fits, so that what is behind the checksum is met.
fn signed(text: &[u8]) -> Vec<u8> {
    let Ok(mut json) = serde_json::from_slice::<Json>(text) else { return text.to_vec() };
    let Some(fields) = json.as_object_mut() else { return text.to_vec() };
    let counted =
        fields.iter().filter(|(name, _)| !["format", "version", "checksum"].contains(&name.as_str()));
    let counted: Json = counted.map(|(name, value)| (name.clone(), value.clone())).collect();
    let digest: String =
        Sha256::digest(counted.to_string()).iter().map(|byte| format!("{byte:02x}")).collect();
    fields.insert("checksum".to_owned(), format!("sha256:{digest}").into());
    json.to_string().into_bytes()
}

#[test]
fn a_saved_plan_can_be_anything() {
    let scratch = scratch();
    scratch.local(&["plan", "--out", "plan.json"]).done();
    let valid = fs::read(scratch.path().join("plan.json")).unwrap();
    assert_eq!(signed(&valid).len(), serde_json::from_slice::<Json>(&valid).unwrap().to_string().len());
    fs::write(scratch.path().join("signed.json"), signed(&valid)).unwrap();
    scratch.run(&["show", "signed.json"]).done();
    let formats = ["human", "json", "markdown", "github", "sarif", "neon-json"];
    holds(12, (cases(), 0_usize..6), |((edits, tears), format)| {
        fs::write(scratch.path().join("plan.json"), torn(&signed(&edited(&valid, &edits)), &tears)).unwrap();
        ends(&scratch, &["show", "plan.json", "--output", formats[format]])?;
        ends(&scratch, &["apply", "plan.json", "--backend", "local:state.sqlite"])?;
        Ok(())
    });
}

#[test]
fn a_snapshot_can_be_anything_and_one_that_is_read_is_equal_to_itself() {
    let scratch = scratch();
    scratch.local(&["apply"]).done();
    scratch.local(&["snapshot", "--out", "main.json"]).done();
    let valid = fs::read(scratch.path().join("main.json")).unwrap();
    holds(8, cases(), |(edits, tears)| {
        fs::write(scratch.path().join("other.json"), torn(&edited(&valid, &edits), &tears)).unwrap();
        ends(&scratch, &["diff", "main.json", "other.json"])?;
        let same = ends(&scratch, &["diff", "other.json", "other.json", "--detailed-exitcode"])?;
        if same.code == 2 { Err(format!("it differs from itself\n{}", same.text())) } else { Ok(()) }
    });
}

#[test]
fn an_env_file_and_a_context_file_can_be_anything() {
    let scratch = scratch();
    let env = b"# a comment\nexport OTHER=\"a \\\"b\\\" c\"\nKEY='x'\nEMPTY=\nW=\"\n";
    let context = br#"{"projectId":"local-project-00000001","branch":"main","orgId":"o"}"#;
    holds(8, (cases(), tears()), |((edits, tears), env_tears)| {
        fs::write(scratch.path().join(".neon"), torn(&edited(context, &edits), &tears)).unwrap();
        fs::write(scratch.path().join("some.env"), torn(env, &env_tears)).unwrap();
        ends(&scratch, &["eval", "--branch", "main", "--env", "some.env"])?;
        ends(&scratch, &["status", "--current-branch"])?;
        Ok(())
    });
}
