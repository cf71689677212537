//! What always holds.
//!
//! Each test tries its share of the cases and shrinks what fails. A case is a policy, a platform, and
//! whatever else the property wants; what makes a property's exception is said where it is made.

use std::collections::BTreeSet;

use neonform_engine::apply::{Outcome, apply};
use neonform_engine::change::Attribute;
use neonform_engine::diagnostic::Failure;
use neonform_engine::gate::{Consent, Verdict, judge};
use neonform_engine::inspect::inspect;
use neonform_engine::plan::{Plan, plan};
use neonform_engine::prune::{Kinds, Prune};
use neonform_engine::value::Value;
use neonform_local::{Exchange, Fault};
use neonform_neon::{kinds, target};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use serde_json::{Value as Json, json};

use crate::case::{self, Operation};
use crate::policy::{self, Policy};
use crate::state::{self, CHILD, PROJECT, State};
use crate::world::{World, declared, described, desired, json};

/// Cases of all properties together, unless the environment says otherwise.
const CASES: u32 = 1_000;
/// Cases that are only planned, to see what they reach.
const REACHING: u32 = 150;
/// Cases that shrinking may try.
const SHRINKING: u32 = 400;

fn number(name: &str) -> Option<u64> {
    std::env::var(name)
        .ok()
        .map(|text| text.parse().unwrap_or_else(|_| panic!("{name} is not a number: {text}")))
}

/// Stack of a test: without optimisation, generators and futures are moved about whole.
const STACK: usize = 32 * 1024 * 1024;

/// Tries a property on `percent` of all cases; what does not hold is written as a conformance case.
fn holds<Extra: std::fmt::Debug>(
    name: &str,
    percent: u32,
    cases: impl Strategy<Value = ((Policy, State), Extra)> + Sync,
    property: impl AsyncFn(&Policy, &State, &Extra) -> Result<(), String> + Sync,
) {
    std::thread::scope(|scope| {
        let test = std::thread::Builder::new().stack_size(STACK);
        let test = test.spawn_scoped(scope, || try_cases(name, percent, &cases, &property)).unwrap();
        // Its message is its own panic, so that a test says nothing twice.
        test.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    });
}

fn try_cases<Extra: std::fmt::Debug>(
    name: &str,
    percent: u32,
    cases: &impl Strategy<Value = ((Policy, State), Extra)>,
    property: &impl AsyncFn(&Policy, &State, &Extra) -> Result<(), String>,
) {
    let total = number("NEONFORM_PROPERTY_CASES").map_or(CASES, |cases| u32::try_from(cases).unwrap());
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&number("NEONFORM_PROPERTY_SEED").unwrap_or_default().to_le_bytes());
    let config = Config {
        cases: (total * percent).div_ceil(100),
        max_shrink_iters: SHRINKING,
        failure_persistence: None,
        ..Config::default()
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
    let failed = runner.run(cases, |((policy, state), extra)| {
        runtime.block_on(property(&policy, &state, &extra)).map_err(TestCaseError::fail)
    });
    let (reason, ((policy, state), extra)) = match failed {
        Ok(()) => return,
        Err(TestError::Fail(reason, case)) => (reason, case),
        Err(TestError::Abort(reason)) => panic!("{name}: {reason}"),
    };
    let written = runtime.block_on(write(name, &policy, &state, &reason.to_string()));
    panic!(
        "{name} does not hold.\n\n{reason}\n\n{policy:?}\nbesides: {extra:?}\nplatform: {:#?}\n\n{written}",
        state.seed
    );
}

async fn write(name: &str, policy: &Policy, state: &State, reason: &str) -> String {
    let world = World::new(state).await;
    let report = world.report().await;
    let branch = report["branch"]["name"].as_str().unwrap_or_default().to_owned();
    let reason = reason.lines().next().unwrap_or_default().trim_end_matches([' ', ':', '[']);
    let title = format!("{}: {reason}.", name.replace('_', " "));
    let impossible = world.plan(policy).await.is_ok_and(|(_, plan)| !plan.impossible.is_empty());
    // What cannot be done is refused; its plan says more.
    let operation = if impossible { Operation::Plan } else { Operation::Apply };
    case::write(name, policy, &case::case_json(&title, operation, &branch, &report))
}

macro_rules! ensure {
    ($holds:expr, $($reason:tt)+) => {
        if !$holds {
            return Err(format!($($reason)+));
        }
    };
}

fn said(failure: Failure) -> String {
    let one = |problem: &neonform_engine::diagnostic::Diagnostic| format!("{problem:?}");
    failure.0.iter().map(one).collect::<Vec<_>>().join("\n")
}

fn failed(outcome: &Outcome) -> String {
    outcome.failures().map(|failure| said(failure.clone())).collect::<Vec<_>>().join("\n")
}

/// Applies what is possible; nothing where something is not.
async fn applied(world: &World, policy: &Policy) -> Result<Option<Plan>, String> {
    let (provider, plan) = world.plan(policy).await.map_err(said)?;
    if !plan.impossible.is_empty() {
        return Ok(None);
    }
    let outcome = apply(&provider, &plan, &|| false, &|_| {}).await;
    ensure!(outcome.is_complete(), "an apply failed: {}", failed(&outcome));
    Ok(Some(plan))
}

fn pruning(kinds: Kinds, with_data: bool) -> Prune {
    Prune { kinds, with_data }
}

/// Everything that can be pruned, by name.
fn named() -> Kinds {
    Kinds::Named(kinds().iter().filter_map(|kind| kind.pruned_as()).map(str::to_owned).collect())
}

/// Guards the generators: what they no longer reach is tried by no property.
#[test]
fn the_cases_reach_every_change() {
    let mut runner =
        TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &[0; 32]));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (mut reached, mut possible) = (BTreeSet::new(), 0);
    for _ in 0..REACHING {
        let (policy, state) = state::case().new_tree(&mut runner).unwrap().current();
        let plan = runtime.block_on(Box::pin(async {
            let world = World::new(&state).await.pruning(pruning(named(), false));
            let plan = world.plan(&policy).await.unwrap().1;
            world.end().await;
            plan
        }));
        possible += u32::from(plan.impossible.is_empty());
        reached.extend(
            plan.changes().map(|(address, change)| format!("{} {}", address.kind(), change.action.word())),
        );
        reached.extend(plan.changes().flat_map(|(address, change)| {
            let name = |attribute: &Attribute| format!("{} {}", address.kind(), attribute.name);
            change.attributes.iter().filter(|_| address.kind() == "branch").map(name).collect::<Vec<_>>()
        }));
        reached.extend(plan.impossible.iter().map(|found| format!("{} impossible", found.address.kind())));
        reached.extend(plan.drift.iter().map(|found| format!("{} shown", found.address.kind())));
    }
    let expected = [
        "auth create",
        "branch computeSettings.suspendTimeout",
        "branch expiresAt",
        "branch impossible",
        "branch protected",
        "branch update",
        "bucket create",
        "bucket delete",
        "bucket shown",
        "data_api create",
        "data_api delete",
        "data_api shown",
        "data_api update",
        "domain create",
        "domain delete",
        "domain impossible",
        "domain update",
        "function create",
        "function delete",
        "function update",
        "trigger create",
        "trigger delete",
        "trigger impossible",
        "trigger shown",
        "trigger update",
    ];
    let missing: Vec<&str> = expected.into_iter().filter(|change| !reached.contains(*change)).collect();
    assert!(missing.is_empty(), "not reached: {missing:?}");
    assert!(possible * 3 > REACHING * 2, "only {possible} of {REACHING} cases can be applied");
}

#[test]
fn an_apply_leaves_nothing_to_do() {
    let cases = state::case().prop_map(|case| (case, ()));
    holds("an_apply_leaves_nothing_to_do", 30, cases, async |policy, state, ()| {
        let mut world = World::new(state).await;
        let before = world.report().await;
        if applied(&world, policy).await?.is_none() {
            return unchanged_when_impossible(world, policy, &before).await;
        }
        world.later();
        let (provider, second) = world.plan(policy).await.map_err(said)?;
        ensure!(second.is_empty(), "after an apply there is something to do: {:#?}", described(&second));
        world.server.clear_log();
        let outcome = apply(&provider, &second, &|| false, &|_| {}).await;
        ensure!(outcome.is_complete(), "an empty plan fails: {}", failed(&outcome));
        ensure!(world.writes().is_empty(), "a second apply writes: {:?}", world.writes());
        drop(provider);
        world.end().await;
        Ok(())
    });
}

async fn unchanged_when_impossible(world: World, policy: &Policy, before: &Json) -> Result<(), String> {
    let (provider, first) = world.plan(policy).await.map_err(said)?;
    ensure!(
        judge(&first, Consent::to_policy(true)) == Verdict::Impossible,
        "the gate lets the impossible through"
    );
    let (_, second) = world.plan(policy).await.map_err(said)?;
    ensure!(
        described(&first) == described(&second),
        "{:#?}\nis then\n{:#?}",
        described(&first),
        described(&second)
    );
    ensure!(world.report().await == *before, "a plan changed the platform");
    drop(provider);
    world.end().await;
    Ok(())
}

/// The fault that meets one request of a run again on an equal platform.
fn fault_on(exchange: &Exchange, how: u8) -> Fault {
    let is_upload = exchange.operation == "deployBranchFunction";
    let matching =
        if exchange.body.is_null() || is_upload { exchange.path.clone() } else { exchange.body.to_string() };
    Fault {
        operation: exchange.operation.to_owned(),
        matching: Some(matching),
        status: 500,
        times: Some(1),
        after_effect: how & 1 == 1,
        hang_up: how & 2 == 2,
        ..Fault::default()
    }
}

#[test]
fn an_interrupted_apply_is_made_up_for() {
    let extra = (any::<prop::sample::Index>(), 0_u8..4, any::<bool>(), any::<bool>());
    let cases = (state::case(), extra);
    holds("an_interrupted_apply_is_made_up_for", 20, cases, async |policy, state, extra| {
        let (place, how, on_write, prunes) = extra;
        let prune = if *prunes { pruning(named(), true) } else { Prune::default() };
        let reference = World::new(state).await.pruning(prune.clone());
        reference.server.clear_log();
        if applied(&reference, policy).await?.is_none() {
            reference.end().await;
            return Ok(());
        }
        let mut sent = reference.server.log();
        if *on_write && sent.iter().any(|exchange| exchange.method != "GET") {
            sent.retain(|exchange| exchange.method != "GET");
        }
        let world = World::new(state).await.pruning(prune);
        world.server.inject(vec![fault_on(place.get(&sent), *how)]);
        // Whatever comes of it: a plan that fails, an apply that fails in part.
        drop(world.apply(policy).await);
        let met = world.server.log().iter().any(|exchange| matches!(exchange.status, 0 | 500));
        ensure!(met, "no request met the fault on {} {}", place.get(&sent).operation, place.get(&sent).body);
        let mut left = Vec::new();
        for _ in 0..2 {
            let (plan, outcome) = world.apply(policy).await.map_err(said)?;
            ensure!(
                plan.impossible.is_empty(),
                "an interruption makes a change impossible: {:#?}",
                described(&plan)
            );
            ensure!(outcome.is_complete(), "a run after an interruption fails: {}", failed(&outcome));
            left.push(described(&plan));
        }
        let (_, last) = world.plan(policy).await.map_err(said)?;
        ensure!(last.is_empty(), "two runs were not enough: {left:#?}\nthen {:#?}", described(&last));
        let (expected, found) = (reference.snapshot().await, world.snapshot().await);
        ensure!(
            expected == found,
            "the outcome differs after a fault on {} {}\nexpected {expected:#}\nfound {found:#}",
            place.get(&sent).operation,
            place.get(&sent).path
        );
        reference.end().await;
        world.end().await;
        Ok(())
    });
}

/// What `neonform import` writes, with the sources and variables that it cannot know.
fn imported(found: &Value, policy: &Policy) -> Policy {
    let mut file = json(found);
    let fields = file.as_object_mut().unwrap();
    fields.shift_remove("credentials");
    let mut tuning = fields.shift_remove("branch").unwrap_or_else(|| json!({}));
    tuning.as_object_mut().unwrap().shift_remove("parent");
    // The provider is one that is not reported; import leaves the key to its reader.
    if fields.get("auth") != Some(&json!(true)) {
        fields.shift_remove("dataApi");
    }
    let known = policy.home("functions");
    if let Some(functions) = fields.get_mut("functions").and_then(Json::as_object_mut) {
        // Of what another tool deployed nobody knows the source.
        functions.retain(|slug, _| known.get(slug).is_some());
        for (slug, function) in functions.iter_mut() {
            for key in ["source", "env"] {
                let value = known[slug][key].clone();
                if !value.is_null() {
                    function[key] = value;
                }
            }
        }
    }
    let declared = |home: &str| -> BTreeSet<String> {
        let record = file[home].as_object();
        record.map(|record| record.keys().cloned().collect()).unwrap_or_default()
    };
    let (functions, buckets) = (declared("functions"), declared("buckets"));
    if let Some(triggers) = file.get_mut("triggers").and_then(Json::as_object_mut) {
        triggers.retain(|_, trigger| {
            let is_in = |names: &BTreeSet<String>, key: &str| {
                trigger[key].as_str().is_none_or(|name| names.contains(name))
            };
            is_in(&functions, "function") && is_in(&buckets, "bucket")
        });
    }
    Policy { file, tuning }
}

#[test]
fn what_is_exported_plans_nothing() {
    let cases = state::case().prop_map(|case| (case, ()));
    holds("what_is_exported_plans_nothing", 15, cases, async |policy, state, ()| {
        let world = World::new(state).await;
        if applied(&world, policy).await?.is_none() {
            world.end().await;
            return Ok(());
        }
        let (provider, _) = world.provider().await.map_err(said)?;
        let found = inspect(&provider).await.map_err(said)?;
        let exported = imported(&found, policy);
        let (provider, plan) =
            world.plan(&exported).await.map_err(|failure| format!("{}\n{exported:?}", said(failure)))?;
        ensure!(plan.is_empty(), "an export plans {:#?}\n{exported:?}", described(&plan));
        drop(provider);
        world.end().await;
        Ok(())
    });
}

/// Every combination of consents.
fn consents() -> Vec<Consent> {
    let bit = |number: u8, place: u8| number >> place & 1 == 1;
    let consent = |n| Consent { update_existing: bit(n, 0), allow_protected: bit(n, 1), prune: bit(n, 2) };
    (0..8).map(consent).collect()
}

fn covers(more: Consent, less: Consent) -> bool {
    (more.update_existing || !less.update_existing)
        && (more.allow_protected || !less.allow_protected)
        && (more.prune || !less.prune)
}

#[test]
fn more_consent_allows_no_less() {
    let cases = (state::case(), any::<bool>());
    holds("more_consent_allows_no_less", 5, cases, async |policy, state, with_data| {
        let mut world = World::new(state).await;
        let (_, plain) = world.plan(policy).await.map_err(said)?;
        for prune in [Kinds::None, Kinds::All, named()] {
            world = world.pruning(pruning(prune, *with_data));
            let (_, plan) = world.plan(policy).await.map_err(said)?;
            ensure!(
                declared(&plan) == declared(&plain),
                "pruning changes what is declared: {:#?}",
                declared(&plan)
            );
            for less in consents() {
                for more in consents().into_iter().filter(|more| covers(*more, less)) {
                    ensure!(
                        no_worse(&judge(&plan, more), &judge(&plan, less)),
                        "{more:?} gives {:?}, {less:?} gives {:?}",
                        judge(&plan, more),
                        judge(&plan, less)
                    );
                }
            }
        }
        world.end().await;
        Ok(())
    });
}

fn no_worse(more: &Verdict, less: &Verdict) -> bool {
    match (more, less) {
        (Verdict::Allowed, Verdict::Allowed | Verdict::Needs(_)) => true,
        (Verdict::Needs(more), Verdict::Needs(less)) => more.iter().all(|missing| less.contains(missing)),
        (more, less) => more == less,
    }
}

/// Addresses of what exists, of the kinds that can be pruned.
fn existing(report: &Json) -> Vec<String> {
    let kinds = [
        ("bucket", "buckets", "name"),
        ("function", "functions", "slug"),
        ("trigger", "triggers", "name"),
        ("domain", "customDomains", "domain"),
    ];
    let of = |(kind, list, key): (&str, &str, &str)| {
        let items = report[list].as_array().into_iter().flatten();
        items.map(|item| format!("{kind}.{}", item[key].as_str().unwrap())).collect::<Vec<_>>()
    };
    kinds.into_iter().flat_map(of).collect()
}

#[test]
fn pruning_by_name_leaves_what_is_declared() {
    let cases = state::case().prop_map(|case| (case, ()));
    holds("pruning_by_name_leaves_what_is_declared", 10, cases, async |policy, state, ()| {
        let world = World::new(state).await.pruning(pruning(named(), true));
        let before = world.report().await;
        if applied(&world, policy).await?.is_none() {
            world.end().await;
            return Ok(());
        }
        let (provider, second) = world.plan(policy).await.map_err(said)?;
        ensure!(second.is_empty(), "after pruning there is something to do: {:#?}", described(&second));
        ensure!(second.undeclared.is_empty(), "something undeclared remains: {:?}", second.undeclared);
        let declared: BTreeSet<String> = second.unchanged.iter().map(ToString::to_string).collect();
        let after = world.report().await;
        // A URL cannot name a bucket of one or two dots: it is shown and stays.
        let stays = |address: &str| matches!(address, "bucket.." | "bucket...");
        let mut left = existing(&after);
        left.retain(|address| !declared.contains(address) && !stays(address));
        ensure!(left.is_empty(), "something undeclared remains: {left:?}");
        services_stay(policy, &before, &after)?;
        drop(provider);
        world.end().await;
        Ok(())
    });
}

/// Neon Auth and the Data API are never pruned.
fn services_stay(policy: &Policy, before: &Json, after: &Json) -> Result<(), String> {
    ensure!(before["auth"].is_null() || !after["auth"].is_null(), "Neon Auth is gone");
    if policy.file.get("dataApi").is_none() {
        ensure!(before["dataApi"] == after["dataApi"], "an omitted Data API changes");
    }
    Ok(())
}

#[test]
fn pruning_in_general_empties_no_kind() {
    let cases = state::case().prop_map(|case| (case, ()));
    holds("pruning_in_general_empties_no_kind", 5, cases, async |policy, state, ()| {
        let world = World::new(state).await.pruning(pruning(Kinds::All, false));
        let before = world.report().await;
        let (provider, plan) = world.plan(policy).await.map_err(said)?;
        let all = state::by_kind(existing(&before).into_iter());
        let declared = declared_addresses(&world, policy).await.map_err(said)?;
        let refused: Vec<String> = plan.impossible.iter().map(|found| found.address.to_string()).collect();
        let deleted: Vec<String> =
            plan.steps.iter().filter(|step| step.wave > 0).map(|step| step.address.to_string()).collect();
        for (kind, existing) in all {
            let undeclared: Vec<&String> = existing.iter().filter(|name| !declared.contains(*name)).collect();
            let empties = undeclared.len() == existing.len();
            for name in undeclared {
                ensure!(refused.contains(name) == empties, "{kind}: {name} refused: {refused:?}");
                ensure!(!deleted.contains(name) || !empties, "{kind}: {name} would be the last to go");
            }
            ensure!(
                !existing.iter().any(|name| declared.contains(name) && deleted.contains(name)),
                "{kind}: {deleted:?}"
            );
        }
        if plan.impossible.is_empty() {
            let outcome = apply(&provider, &plan, &|| false, &|_| {}).await;
            ensure!(outcome.is_complete(), "pruning fails: {}", failed(&outcome));
            let after = world.report().await;
            services_stay(policy, &before, &after)?;
            let left = existing(&after);
            for bucket in state.seed.buckets.iter().filter(|bucket| !bucket.objects.is_empty()) {
                ensure!(
                    left.contains(&format!("bucket.{}", bucket.name)),
                    "bucket {:?} went with its data",
                    bucket.name
                );
            }
        }
        drop(provider);
        world.end().await;
        Ok(())
    });
}

async fn declared_addresses(world: &World, policy: &Policy) -> Result<BTreeSet<String>, Failure> {
    let (provider, target) = world.provider().await?;
    let desired = desired(&provider.kinds, policy, &target)?;
    Ok(desired.resources.iter().map(|wanted| wanted.address.to_string()).collect())
}

/// A policy for a new branch, whose parent is the platform's target.
fn creation() -> impl Strategy<Value = (Policy, State)> {
    (policy::policy(), state::state()).prop_map(|(mut policy, mut state)| {
        // The platform's rules: no lifetime for a protected branch, no child of one that has a lifetime.
        if policy.tuning["protected"] == json!(true) {
            policy.tuning.as_object_mut().unwrap().shift_remove("ttl");
        }
        state.seed.branches.iter_mut().for_each(|branch| branch.expires_at = None);
        if state.target == CHILD {
            policy.tuning["parent"] = json!("preview/one");
        }
        (policy, state)
    })
}

#[test]
fn a_branch_is_planned_as_it_comes_out() {
    let cases = creation().prop_map(|case| (case, ()));
    holds("a_branch_is_planned_as_it_comes_out", 15, cases, async |policy, state, ()| {
        let world = World::new(state).await;
        let (provider, mut whole) = world.plan_creation(policy, "preview/two").await.map_err(said)?;
        let expected = described(&whole);
        whole.steps.truncate(1);
        let is_creation =
            |step: &neonform_engine::plan::Step| step.address.to_string().starts_with("branch.");
        ensure!(whole.steps.iter().all(is_creation), "a creation begins with something else: {expected:#?}");
        let outcome = apply(&provider, &whole, &|| false, &|_| {}).await;
        ensure!(outcome.is_complete(), "the creation fails: {}", failed(&outcome));
        // To the policy it is still a new branch, as in `neonform apply --create`.
        let mut found = target::find(&world.client, PROJECT, Some("preview/two")).await.map_err(said)?;
        found.target.exists = false;
        found.target.expires_at = None;
        let target = found.target.clone();
        let provider = world.provider_for(found);
        let wanted = desired(&provider.kinds, policy, &target).map_err(said)?;
        let second = plan(&provider, wanted, &world.purpose).await.map_err(said)?;
        ensure!(
            expected[1..] == described(&second),
            "planned {expected:#?}\ncame out {:#?}",
            described(&second)
        );
        drop(provider);
        world.end().await;
        Ok(())
    });
}
