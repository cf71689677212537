//! Judging a case: what it did against what the reference did (the corpus's README, "Comparing").

use neonform_engine::diagnostic::{Diagnostic, Severity};
use neonform_engine::gate::Missing;
use serde_json::{Map, Value as Json, json};
use similar::TextDiff;

use crate::accepted;
use crate::case::Case;
use crate::execute::{Actual, Ended};
use crate::issues;
use crate::seed::seconds;

/// How a case ended.
pub enum Verdict {
    /// As the reference.
    Passed,
    /// Better than the reference, as the case accepts.
    Improved,
    /// Not run to the end, and why.
    Skipped(String),
    /// Otherwise, and how.
    Failed(String),
}

/// Judges a case.
pub fn judge(case: &Case, actual: &Actual) -> Verdict {
    let Some(ended) = &actual.ended else { return Verdict::Failed("the runner has no outcome".to_owned()) };
    if let Ended::Unsupported(what) = ended {
        return Verdict::Skipped(format!("needs {what}"));
    }
    let found = describe(case, ended, actual);
    match differences(case, &found, ended) {
        None => Verdict::Passed,
        Some(difference) => {
            let accepted = case.spec["acceptable"].as_array().into_iter().flatten();
            if accepted.into_iter().any(|other| is_acceptable(case, other, &found, ended)) {
                Verdict::Improved
            } else {
                Verdict::Failed(difference)
            }
        }
    }
}

/// What happened, in the shape of `expected.json`.
fn describe(case: &Case, ended: &Ended, actual: &Actual) -> Json {
    let mut found = match ended {
        Ended::Resolved(file, resolved) => {
            let mut fields = json!({ "ok": true, "file": file });
            if let Some(resolved) = resolved {
                fields["resolved"] = resolved.clone();
            }
            fields
        }
        Ended::Result(result) => json!({ "ok": true, "result": described_result(result) }),
        Ended::Inspected(result) => json!({ "ok": true, "result": result }),
        Ended::Created(result, branch) => {
            json!({ "ok": true, "result": described_result(result), "created": branch })
        }
        Ended::Partial(branch, cause) => json!({ "ok": false, "error": described_partial(branch, cause) }),
        Ended::Failed(problems) => json!({ "ok": false, "error": described_error(problems) }),
        Ended::Refused(refused) => json!({ "ok": false, "error": described_refusal(refused) }),
        Ended::Unsupported(_) => json!({}),
    };
    if matches!(case.operation.as_str(), "apply" | "create-branch") {
        found["mutations"] = actual.mutations.clone().into();
    }
    if let Some(asked) = &actual.confirmations {
        let context = json!({
            "branchName": case.live("branches").iter().find(|branch| is_target(branch, case)).map(|branch| &branch["name"]),
            "protectedBranch": asked.contains(&Missing::ProtectedBranch),
            "overrideUpdates": asked.contains(&Missing::OverrideUpdates),
        });
        found["confirmations"] = json!([context]);
    }
    found
}

fn is_target(branch: &Json, case: &Case) -> bool {
    [&branch["name"], &branch["id"]].contains(&&case.spec["branch"])
}

fn described_result(result: &Json) -> Json {
    let mut fields = result.as_object().cloned().unwrap_or_default();
    fields.remove("services");
    // The corpus records what kinds of warning there are, never their text; more than its own are ours.
    let warnings = fields.get("warnings").and_then(Json::as_array).cloned().unwrap_or_default();
    fields.insert("warnings".to_owned(), warnings.iter().filter_map(described_warning).collect());
    let conflicts = fields.get("conflicts").and_then(Json::as_array).cloned().unwrap_or_default();
    fields.insert("conflicts".to_owned(), conflicts.iter().map(described_conflict).collect());
    Json::Object(fields)
}

/// A warning that the reference has as well.
fn described_warning(warning: &Json) -> Option<Json> {
    let (domain, _) = warning.as_str()?.split_once(": the region has no target for custom domains")?;
    Some(json!({ "kind": "no-cname-target", "domain": domain }))
}

fn described_conflict(conflict: &Json) -> Json {
    let mut fields = conflict.as_object().cloned().unwrap_or_default();
    let reason = fields.remove("reason").unwrap_or_default();
    let overridable = reason.as_str().is_some_and(|reason| reason.contains("updateExisting: true"));
    fields.insert("overridable".to_owned(), overridable.into());
    Json::Object(fields)
}

fn described_refusal(refused: &Json) -> Json {
    let mut fields = refused.as_object().cloned().unwrap_or_default();
    if let Some(conflicts) = fields.get("conflicts").and_then(Json::as_array).cloned() {
        fields.insert("conflicts".to_owned(), conflicts.iter().map(described_conflict).collect());
    }
    Json::Object(fields)
}

fn described_partial(branch: &Json, cause: &[Diagnostic]) -> Json {
    let mut fields = branch.clone();
    fields["code"] = "PLATFORM_PARTIAL_BRANCH_CREATE".into();
    fields["cause"] = described_error(cause);
    fields
}

fn described_error(problems: &[Diagnostic]) -> Json {
    let errors: Vec<&Diagnostic> = primary(problems);
    let Some(first) = errors.first() else { return json!({}) };
    let mut fields = Map::from_iter([("code".to_owned(), Json::from(first.code.platform))]);
    if first.code.platform == "PLATFORM_INVALID_CONFIG" {
        let issue = |problem: &&Diagnostic| json!({ "path": problem.path.to_string(), "code": problem.code.id, "text": full_text(problem) });
        fields.insert("issues".to_owned(), errors.iter().map(issue).collect());
    }
    let kinds = issues::load_kinds(first.code.id);
    if !kinds.is_empty() {
        fields.insert("kinds".to_owned(), kinds.iter().copied().collect());
    }
    let fact =
        |label: &str| first.facts.iter().find(|(name, _)| *name == label).map(|(_, text)| text.clone());
    if let Some(status) = fact("status") {
        let request_id = fact("request id");
        fields.insert(
            "details".to_owned(),
            json!({ "status": status.parse::<u16>().ok(), "requestId": request_id }),
        );
    }
    Json::Object(fields)
}

/// The errors that the reference would report now, not those it hides until others are mended.
fn primary(problems: &[Diagnostic]) -> Vec<&Diagnostic> {
    problems.iter().filter(|problem| problem.severity == Severity::Error && !problem.masked).collect()
}

/// Everything that is printed of a problem.
fn full_text(problem: &Diagnostic) -> String {
    let texts =
        [Some(&problem.summary), problem.found.as_ref(), problem.expected.as_ref(), problem.fix.as_ref()];
    let facts = problem.facts.iter().map(|(_, text)| text.as_str());
    let texts = texts.into_iter().flatten().map(String::as_str).chain(facts);
    std::iter::once(problem.path.to_string()).chain(texts.map(str::to_owned)).collect::<Vec<_>>().join("\n")
}

/// The first field in which the two differ, told readably; `None` when they agree.
fn differences(case: &Case, found: &Json, ended: &Ended) -> Option<String> {
    let expected = &case.expected;
    if expected["ok"] != found["ok"] {
        let text = if let Ended::Failed(problems) = ended { printed(problems) } else { format!("{found:#}") };
        return Some(format!("expected ok: {}, found:\n{text}", expected["ok"]));
    }
    let mut told = Vec::new();
    if expected["ok"] == Json::Bool(true) {
        for field in ["file", "resolved", "result", "confirmations", "created"] {
            let wanted = match ended {
                Ended::Inspected(_) if field == "result" => accepted::inspected(&expected[field]),
                _ => expected[field].clone(),
            };
            told.extend(unequal(field, &wanted, &found[field]));
        }
    } else {
        told.extend(error_difference(&expected["error"], &found["error"], ended));
    }
    if found.get("mutations").is_some() {
        told.extend(mutation_difference(case, expected, found));
    }
    (!told.is_empty()).then(|| told.join("\n"))
}

fn mutation_difference(case: &Case, expected: &Json, found: &Json) -> Option<String> {
    let list = |from: &Json| from["mutations"].as_array().cloned().unwrap_or_default();
    let canonical = |calls: Vec<Json>| {
        let calls = calls.into_iter().map(canonical_call);
        calls.map(|call| accepted::without_live_settings(case, call)).collect::<Vec<_>>()
    };
    let (wanted, made) = (canonical(list(expected)), canonical(list(found)));
    let failed = expected["ok"] == Json::Bool(false) && !wanted.is_empty();
    let went_on = failed && accepted::may_go_on_after_failure(&wanted, &made);
    let stopped_before =
        failed && made.is_empty() && accepted::may_stop_before_the_first_change(&found["error"]);
    if wanted == made || went_on || stopped_before {
        return None;
    }
    unequal("mutations", &Json::Array(wanted), &Json::Array(made))
}

/// A call with its idle timeout in seconds, whatever the notation.
fn canonical_call(mut call: Json) -> Json {
    let settings = match call[0].as_str() {
        Some("updateEndpoint") => call.get_mut(2),
        Some("createBranch") => call.get_mut(1).and_then(|branch| branch.get_mut("computeSettings")),
        _ => None,
    };
    if let Some(timeout) = settings.and_then(|settings| settings.get_mut("suspendTimeout"))
        && let Some(seconds) = seconds(timeout)
    {
        *timeout = seconds.into();
    }
    call
}

fn unequal(field: &str, expected: &Json, found: &Json) -> Option<String> {
    let (expected, found) = (sorted(expected), sorted(found));
    if expected == found {
        return None;
    }
    let (before, after) = (format!("{expected:#}\n"), format!("{found:#}\n"));
    let diff = TextDiff::from_lines(&before, &after);
    Some(format!("{field} differs (- reference, + neonform):\n{}", diff.unified_diff().context_radius(2)))
}

/// Keys sorted, nulls out, numbers as doubles, so that only content is compared.
fn sorted(value: &Json) -> Json {
    match value {
        Json::Object(fields) => {
            let mut entries: Vec<_> = fields.iter().filter(|(_, value)| !value.is_null()).collect();
            entries.sort_by_key(|(key, _)| *key);
            Json::Object(entries.into_iter().map(|(key, value)| (key.clone(), sorted(value))).collect())
        }
        Json::Array(items) => items.iter().map(sorted).collect(),
        Json::Number(number) => number.as_f64().map_or(Json::Null, Json::from),
        other => other.clone(),
    }
}

fn error_difference(expected: &Json, found: &Json, ended: &Ended) -> Option<String> {
    let mut told = Vec::new();
    if let Some(kind) = expected.get("kind")
        && !found["kinds"].as_array().is_some_and(|kinds| kinds.contains(kind))
    {
        told.push(format!("error.kind: the reference has {kind}, we have one of {}", found["kinds"]));
    }
    for field in ["code", "branchId", "branchName", "reasons", "conflicts", "cause"] {
        if expected.get(field).is_some() {
            told.extend(unequal(&format!("error.{field}"), &expected[field], &found[field]));
        }
    }
    for field in ["status", "requestId"] {
        let wanted = &expected["details"][field];
        if !wanted.is_null() {
            told.extend(unequal(&format!("error.details.{field}"), wanted, &found["details"][field]));
        }
    }
    let problems = if let Ended::Failed(problems) = ended { problems.as_slice() } else { &[] };
    let everything = printed(problems);
    let mentions = expected["mentions"].as_array().into_iter().flatten();
    for text in mentions.filter_map(Json::as_str).filter(|text| !everything.contains(text)) {
        told.push(format!("the message does not mention {text:?}:\n{everything}"));
    }
    if let Some(wanted) = expected["issues"].as_array() {
        told.extend(issue_difference(wanted, &primary(problems)));
    }
    (!told.is_empty()).then(|| told.join("\n"))
}

/// Compares issues as multisets. A union of the reference names only the enclosing field, so any
/// number of ours inside it will do.
fn issue_difference(expected: &[Json], problems: &[&Diagnostic]) -> Option<String> {
    let mut left: Vec<&&Diagnostic> = problems.iter().collect();
    let mut missing = Vec::new();
    for issue in expected {
        let before = left.len();
        if issue["kind"] == "union" {
            left.retain(|problem| !stands_for(issue, problem));
        } else if let Some(place) = left.iter().position(|problem| stands_for(issue, problem)) {
            left.remove(place);
        }
        if left.len() == before && !is_second_report(issue, expected, problems) {
            missing.push(issue.to_string());
        }
    }
    let extra: Vec<String> = left.iter().map(|problem| format!("[{}] {problem}", problem.code.id)).collect();
    let list = |title: &str, lines: &[String]| {
        if lines.is_empty() { String::new() } else { format!("{title}\n  {}\n", lines.join("\n  ")) }
    };
    let text = list("issues of the reference that were not reported:", &missing)
        + &list("issues that only we report:", &extra);
    (!text.is_empty()).then_some(text)
}

fn stands_for(issue: &Json, problem: &Diagnostic) -> bool {
    let kind = issue["kind"].as_str().unwrap_or_default();
    let (wanted, path) = (issue["path"].as_str().unwrap_or_default(), problem.path.to_string());
    let inside =
        kind == "union" && path.strip_prefix(wanted).is_some_and(|rest| rest.starts_with(['.', '[']));
    let text = full_text(problem);
    let names = ["names", "thrown"].iter().flat_map(|field| match &issue[field] {
        Json::Array(names) => names.iter().filter_map(Json::as_str).collect::<Vec<_>>(),
        Json::String(name) => vec![name.as_str()],
        _ => Vec::new(),
    });
    let known = kind == "union" || kind == "other" || issues::kinds(problem.code.id).contains(&kind);
    known && (path == wanted || inside) && names.into_iter().all(|name| text.contains(name))
}

fn is_second_report(issue: &Json, expected: &[Json], problems: &[&Diagnostic]) -> bool {
    let (first, second) = accepted::REPORTED_TWICE;
    let pair =
        |kind: &str| expected.iter().any(|other| other["kind"] == kind && other["path"] == issue["path"]);
    let path = issue["path"].as_str().unwrap_or_default();
    pair(first) && pair(second) && problems.iter().any(|problem| problem.path.to_string() == path)
}

fn printed(problems: &[Diagnostic]) -> String {
    problems
        .iter()
        .map(|problem| format!("[{}] {}", problem.code.id, full_text(problem)))
        .collect::<Vec<_>>()
        .join("\n")
}

fn is_acceptable(case: &Case, other: &Json, found: &Json, ended: &Ended) -> bool {
    let Some(fields) = other.as_object() else { return false };
    fields.iter().all(|(field, wanted)| match field.as_str() {
        "ok" => *wanted == found["ok"],
        "code" => *wanted == found["error"]["code"],
        "issues" => match (wanted.as_array(), ended) {
            (Some(wanted), Ended::Failed(problems)) => issue_difference(wanted, &primary(problems)).is_none(),
            _ => false,
        },
        "mutations" => {
            mutation_difference(case, &json!({ "ok": true, "mutations": wanted }), found).is_none()
        }
        other => unequal(other, wanted, &found["result"][other]).is_none(),
    })
}
