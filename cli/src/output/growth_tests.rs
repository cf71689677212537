//! That nothing grows with the square of what is declared: from a policy to a drawn plan.
//!
//! A policy of functions, triggers and domains, and one eight times as large, go through everything that
//! is pure: declaring, the graph, comparing, each format. Eight times as much may take 24 times as
//! long, which leaves room for noise; what is quadratic takes up to 64. A busy machine gets several tries.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::time::{Duration, Instant};

use neonform_engine::apply::{Ending, Outcome};
use neonform_engine::change::Doable;
use neonform_engine::desired::{self, Desired};
use neonform_engine::kind::Context;
use neonform_engine::node::{Entry, Node, Shape};
use neonform_engine::plan::{Plan, Step};
use neonform_engine::policy::Policy;
use neonform_engine::target::Target;
use neonform_engine::value::Value;
use neonform_neon::kinds;

use super::page::Page;
use super::{github, human, json, markdown, neon_json, remarks, sarif};

const TIMES: usize = 8;
const MOST: u32 = 24;
const TRIES: usize = 8;

fn text(text: impl Into<String>) -> Shape {
    Shape::String(text.into())
}

fn object(entries: Vec<(String, Shape)>) -> Shape {
    let entry = |(key, shape)| Entry { key, key_at: None, node: Node::new(shape) };
    Shape::Object(entries.into_iter().map(entry).collect())
}

fn policy(size: usize) -> (Node, Node) {
    let function = |number: usize| {
        let variable = object(vec![("REGION".to_owned(), text("eu"))]);
        let fields = [("name", text(format!("F {number}"))), ("source", text("./f.ts")), ("env", variable)];
        (format!("f{number}"), object(fields.map(|(key, shape)| (key.to_owned(), shape)).to_vec()))
    };
    let trigger = |number: usize| {
        let fields =
            [("type", "schedule"), ("function", &*format!("f{number}")), ("cron", "0 3 * * *")].map(own);
        (format!("t{number}"), object(fields.to_vec()))
    };
    let tuned = |number: usize| {
        let domain = Shape::List(vec![Node::new(text(format!("h{number}.example.com")))]);
        (format!("f{number}"), object(vec![("customDomains".to_owned(), domain)]))
    };
    let file = vec![
        ("functions".to_owned(), object((0..size).map(function).collect())),
        ("triggers".to_owned(), object((0..size).map(trigger).collect())),
    ];
    let tuning = vec![("functions".to_owned(), object((0..size).map(tuned).collect()))];
    (Node::new(object(file)), Node::new(object(tuning)))
}

fn own((key, value): (&str, &str)) -> (String, Shape) {
    (key.to_owned(), text(value))
}

/// The plan for a branch that has none of it, and what applying it would learn.
fn compare(desired: Desired, target: &Target) -> (Plan, Outcome) {
    let kinds = kinds();
    let context = Context { target, now: jiff::Timestamp::UNIX_EPOCH };
    let mut plan = Plan::blank(target.clone(), context.now);
    let mut endings = Vec::new();
    for wanted in desired.resources {
        let kind = &kinds[wanted.kind];
        let report = kind.report(&wanted.address, &wanted.spec, None).unwrap();
        plan.reports.extend(report.map(|report| (wanted.address.clone(), report)));
        let changes = kind.diff(&context, &wanted.address, &wanted.spec, None).unwrap();
        let learned = || vec![("cnameTarget".to_owned(), Value::from("x.example.com"))];
        let made = changes.iter().filter(|change| matches!(change.doable, Doable::Yes(_)));
        endings.push(made.map(|_| Ending::Done(learned())).collect());
        let (address, needs) = (wanted.address, wanted.needs);
        let (kind, wanted) = (wanted.kind, Some(wanted.spec));
        plan.steps.push(Step { address, kind, changes, wanted, needs, wave: 0 });
    }
    (plan, Outcome(endings))
}

fn draw(plan: &Plan, outcome: &Outcome) -> usize {
    let page = Page { width: 100, ascii: false };
    let mut out = Vec::new();
    human::plan(&mut out, page, plan, &[], true).unwrap();
    human::outcome(&mut out, page, plan, outcome, "neonform apply").unwrap();
    let remarks = remarks::plan(plan, &[], Some(outcome));
    out.len()
        + markdown::plan(plan, &[], true).len()
        + json::plan(plan, Some(outcome)).to_string().len()
        + neon_json::result(plan, Some(outcome)).to_string().len()
        + sarif::log(&remarks, "neon.ts", true).to_string().len()
        + github::annotations(None, &remarks).len()
}

fn target() -> Target {
    Target { id: Some("br-a-b-1".to_owned()), exists: true, ..Target::named("p", "main") }
}

fn desired((file, tuning): &(Node, Node), target: &Target) -> Desired {
    desired::build(&kinds(), Policy::for_target(file, Some(tuning), target), target).unwrap()
}

fn time_to_compare(size: usize) -> Duration {
    let (policy, target) = (policy(size), target());
    let started = Instant::now();
    let (plan, _) = compare(desired(&policy, &target), &target);
    let took = started.elapsed();
    assert!(plan.steps.len() >= 3 * size);
    took
}

fn time_to_draw(size: usize) -> Duration {
    let target = target();
    let (plan, outcome) = compare(desired(&policy(size), &target), &target);
    let started = Instant::now();
    assert!(draw(&plan, &outcome) > size);
    started.elapsed()
}

#[track_caller]
fn check(small: usize, time: fn(usize) -> Duration) {
    let (mut little, mut much) = (Duration::MAX, Duration::MAX);
    for _ in 0..TRIES {
        // The least of all tries: others on the machine only add.
        little = (0..5).map(|_| time(small)).fold(little, Duration::min);
        much = much.min(time(small * TIMES));
        if much < little * MOST {
            return;
        }
    }
    panic!("{small} take {little:?}, {TIMES} times as many {much:?}");
}

#[test]
fn declaring_and_comparing_take_no_square() {
    check(150, time_to_compare);
}

#[test]
fn drawing_takes_no_square() {
    check(60, time_to_draw);
}
