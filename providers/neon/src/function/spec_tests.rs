use std::sync::Arc;

use neonform_engine::change::Doable;
use neonform_engine::target::Target;

use super::super::marker::bundle_digest;
use super::*;

const CODE: [u8; 32] = [7; 32];

fn spec(environment: &[(&str, &str)]) -> Spec {
    let written = environment.iter().map(|(name, value)| ((*name).to_owned(), Secret::new(*value))).collect();
    Spec {
        name: "Api".to_owned(),
        source: Source { path: "./api.ts".to_owned(), at: None, bundler: "esbuild", external: None },
        environment: Environment::new(written),
        runtime: "nodejs24",
        bundle: Some(Bundle {
            archive: Arc::new(vec![0; 10]),
            sha256: CODE,
            modules: Vec::new(),
            warnings: Vec::new(),
        }),
        environment_digest: "e".repeat(32),
        again: false,
        marked: true,
    }
}

fn deployed(id: i64, bundle: &[u8; 32], digest: &str, names: &[&str]) -> FunctionLive {
    let marker = Marker { replaced: id - 1, bundle: bundle_digest(bundle), environment: digest.repeat(32) };
    let mut variables: Vec<String> = names.iter().map(ToString::to_string).collect();
    variables.push(marker.name());
    let runtime = Some("nodejs24".to_owned());
    let current = Some(DeploymentLive { id, status: Status::Completed, runtime, variables });
    FunctionLive { name: "Api".to_owned(), invocation_url: "https://x/".to_owned(), current, bundle: None }
}

/// One line for each change: action and which side moved, whether code is sent, attributes, variables sent.
fn check(spec: &Spec, live: Option<&FunctionLive>, expected: &[&str]) {
    let target = Target::named("p", "main");
    let context = Context { target: &target, now: jiff::Timestamp::UNIX_EPOCH };
    let changes = Function.diff(&context, &Address::new("function", "api"), spec, live);
    let lines: Vec<String> = changes.iter().map(line).collect();
    assert_eq!(lines, expected);
}

fn line(change: &Change<Operation>) -> String {
    let attributes: Vec<&str> = change.attributes.iter().map(|attribute| attribute.name.as_str()).collect();
    let Doable::Yes(operation) = &change.doable else { return "not doable".to_owned() };
    let sent = match operation {
        Operation::Delete(_) => "delete".to_owned(),
        Operation::Rename { name, .. } => format!("rename {name}"),
        Operation::Deploy(deployment) => {
            let code = if deployment.bundle.is_some() { "code" } else { "no code" };
            let pair = |(name, value): &(String, Secret)| {
                let name = if marker::is_marker(name) { "marker" } else { name };
                format!("{name}={}", value.expose())
            };
            let variables: Vec<String> = deployment.environment.iter().map(pair).collect();
            format!("{code}; {}", variables.join(" "))
        }
    };
    let origin = match change.origin {
        Origin::Unknown => String::new(),
        known => format!(" ({})", known.word()),
    };
    format!("{}{origin} {} | {sent}", change.action.word(), attributes.join(","))
}

#[test]
fn nothing_changed_nothing_to_do() {
    check(&spec(&[("A", "1")]), Some(&deployed(3, &CODE, "e", &["A"])), &[]);
}

#[test]
fn a_new_function_is_created() {
    check(&spec(&[("A", "1")]), None, &["create bundle,size,runtime,env.A,name | code; A=1 marker=1"]);
}

#[test]
fn changed_code_is_deployed_and_the_old_marker_goes() {
    let live = deployed(3, &[8; 32], "e", &[]);
    check(&spec(&[]), Some(&live), &["update (policy) bundle,size | code; marker= marker=1"]);
}

#[test]
fn a_changed_value_uploads_nothing() {
    let live = deployed(3, &CODE, "f", &["A"]);
    check(&spec(&[("A", "2")]), Some(&live), &["update (policy) env | no code; A=2 marker= marker=1"]);
}

#[test]
fn a_variable_that_the_policy_no_longer_sets_is_removed() {
    let live = deployed(3, &CODE, "f", &["A", "OLD"]);
    check(
        &spec(&[("A", "1")]),
        Some(&live),
        &["update (policy) env.OLD | no code; A=1 OLD= marker= marker=1"],
    );
}

#[test]
fn an_empty_value_deletes_and_is_no_drift_once_gone() {
    let live = deployed(3, &CODE, "e", &["OLD"]);
    check(&spec(&[("OLD", "")]), Some(&live), &["update (drift) env.OLD | no code; OLD= marker= marker=1"]);
    check(&spec(&[("OLD", "")]), Some(&deployed(4, &CODE, "e", &[])), &[]);
}

#[test]
fn a_deployment_by_another_tool_is_drift() {
    let mut live = deployed(3, &CODE, "e", &[]);
    live.current.as_mut().unwrap().id = 4;
    check(&spec(&[]), Some(&live), &["update (drift) bundle,size | code; marker= marker=1"]);
    let other = Spec { environment_digest: "f".repeat(32), ..spec(&[]) };
    check(&other, Some(&live), &["update (both) bundle,size | code; marker= marker=1"]);
}

#[test]
fn a_failed_deployment_is_tried_again() {
    let mut live = deployed(3, &CODE, "e", &[]);
    live.current.as_mut().unwrap().status = Status::Failed;
    check(&spec(&[]), Some(&live), &["update bundle,size | code; marker= marker=1"]);
}

#[test]
fn another_display_name_is_a_rename() {
    let live = FunctionLive { name: "Old".to_owned(), ..deployed(3, &CODE, "e", &[]) };
    check(&spec(&[]), Some(&live), &["update name | rename Api"]);
}

#[test]
fn asked_for_again_it_is_deployed_whole() {
    let spec = Spec { again: true, ..spec(&[]) };
    check(&spec, Some(&deployed(3, &CODE, "e", &[])), &["update bundle,size | code; marker= marker=1"]);
}

#[test]
fn without_a_marker_an_old_one_goes_and_nothing_can_be_compared() {
    let unmarked = Spec { marked: false, ..spec(&[]) };
    check(
        &unmarked,
        Some(&deployed(3, &[8; 32], "e", &[])),
        &["update (policy) bundle,size | code; marker="],
    );
    check(&unmarked, Some(&deployed(3, &CODE, "e", &[])), &[]);
    let mut bare = deployed(3, &CODE, "e", &[]);
    bare.current.as_mut().unwrap().variables.clear();
    check(&unmarked, Some(&bare), &["update bundle,size | code; "]);
}
