//! A policy that may not see some variables: evaluated several times, with other values for them each time.
//!
//! A policy that asks for none of them is evaluated once. Otherwise every evaluation starts anew, for the file
//! and for each branch, and `combine` makes one of them all: what differs is unknown. An evaluation that throws is left
//! out as long as another one does not: a policy that insists on a variable is read as if it had one. A policy can
//! tell the values tried from any other, by their hash say, and show whatever it likes: such a plan is for reading.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use neonform_bundle::PolicyModule;
use neonform_engine::diagnostic::{Diagnostic, Failure, codes};
use neonform_engine::node::{Node, Shape};
use serde_json::Value;

use crate::combine::{Combination, Variant};
use crate::limits::Excess;
use crate::literals::Literals;
use crate::standing::{Asked, Secret, Stand, Standing, Which};
use crate::thread::{Thread, ended};
use crate::{Read, Reply, Request, literals};

/// How often a policy is evaluated at most, for the file and for each branch.
const MOST: usize = 40;

/// How many of the texts that a policy compares with are tried, and how many of its keys.
const COMPARED: usize = 16;
const KEYS: usize = 8;

/// How long all evaluations for the file or for one branch may take beyond what one may.
const SPARE: Duration = Duration::from_secs(20);

/// Up to so many hidden variables everything is tried of each alone; of more only what the policy compares with.
const SINGLY: usize = 2;

/// What is tried of every variable.
const USUAL: &[&str] =
    &["1", "0", "true", "false", "https://a.invalid/1", "postgres://b:c@d.invalid:5432/e", "{}"];

/// A policy that may not see some variables.
pub(crate) struct Several {
    request: Request,
    root: PathBuf,
    module: PolicyModule,
    secret: Secret,
    shown: Arc<BTreeSet<String>>,
    asked: Arc<Asked>,
    /// The first evaluation, while nothing hidden was asked for.
    first: Option<Thread>,
    read: Read,
}

/// One evaluation.
struct Run {
    usual: Stand,
    single: BTreeMap<String, Stand>,
    result: Result<Option<Node>, Failure>,
}

impl Several {
    /// Evaluates a policy.
    pub(crate) async fn load(
        request: Request,
        root: PathBuf,
        module: PolicyModule,
    ) -> Result<(Self, Reply), Failure> {
        let shown = Arc::new(request.env_allow.clone().unwrap_or_default());
        let (secret, asked) = (Secret::random(), Arc::<Asked>::default());
        let told = Arc::clone(&request.console);
        let names = Arc::clone(&asked);
        let console = Arc::new(move |text: &str| told(&secret.scrub(text, &names.names())));
        let request = Request { console, ..request };
        let mut several =
            Self { request, root, module, secret, shown, asked, first: None, read: Read::default() };
        let standing = several.standing(Stand::Text(Which::First), BTreeMap::new());
        let started = several.start(several.request.clone(), standing).await;
        if several.asked.is_nothing() {
            let (thread, reply) = started?;
            several.first = Some(thread);
            return Ok((several, reply));
        }
        several.keep(started.as_ref().ok().map(|(_, reply)| reply));
        let node = several.explore(started.map(|(_, reply)| reply.node), None).await?;
        let read = several.read.clone();
        Ok((several, Reply { node, read }))
    }

    /// Calls the `branch` closure.
    pub(crate) async fn tune(&mut self, descriptor: &Value) -> Result<Reply, Failure> {
        let first = match &self.first {
            Some(thread) => {
                let reply = thread.tune(descriptor).await;
                if self.asked.is_nothing() {
                    return reply;
                }
                reply.map(|reply| reply.node)
            }
            None => {
                let request = self.request.clone();
                self.evaluate(request, Stand::Text(Which::First), BTreeMap::new(), Some(descriptor)).await
            }
        };
        self.first = None;
        let node = self.explore(first, Some(descriptor)).await?;
        Ok(Reply { node, read: self.read.clone() })
    }

    /// Evaluates with everything that is worth trying, and combines.
    async fn explore(
        &mut self,
        first: Result<Option<Node>, Failure>,
        descriptor: Option<&Value>,
    ) -> Result<Option<Node>, Failure> {
        let due = Instant::now().checked_add(self.request.limits.time.saturating_add(SPARE));
        let mut literals = literals::of(&self.module);
        literals.compared.truncate(COMPARED);
        literals.keys.truncate(KEYS);
        // Only the first evaluation is heard.
        let request = Request { console: Arc::new(|_| {}), ..self.request.clone() };
        let mut runs =
            vec![Run { usual: Stand::Text(Which::First), single: BTreeMap::new(), result: stopped(first)? }];
        let mut tried: BTreeSet<_> = [(Stand::Text(Which::First), BTreeMap::new())].into();
        loop {
            let wanted: VecDeque<_> = assignments(&self.asked.names(), &literals)
                .into_iter()
                .filter(|one| !tried.contains(one))
                .collect();
            let Some((usual, single)) = wanted.front().cloned().filter(|_| tried.len() < MOST) else { break };
            tried.insert((usual.clone(), single.clone()));
            let result = self.evaluate(request.clone(), usual.clone(), single.clone(), descriptor).await;
            runs.push(Run { usual, single, result: stopped(result)? });
            if due.is_some_and(|due| Instant::now() > due) {
                return Err(self.request.limits.exceeded(Excess::Time).into());
            }
        }
        self.combined(runs)
    }

    fn combined(&self, runs: Vec<Run>) -> Result<Option<Node>, Failure> {
        let names = self.asked.names();
        let nothing = Node::new(Shape::Object(Vec::new()));
        let mut done = runs.iter().filter_map(|run| Some((run, run.result.as_ref().ok()?)));
        let Some((base, first)) = done.next() else {
            let failure = runs.into_iter().find_map(|run| run.result.err()).unwrap_or_else(ended);
            return Err(self.explained(failure, &names));
        };
        let others: Vec<Variant<'_>> = done
            .map(|(run, node)| Variant { node: node.as_ref().unwrap_or(&nothing), varied: varied(base, run) })
            .collect();
        let combination = Combination { names: &names, secret: self.secret };
        let node = combination.of(first.as_ref().unwrap_or(&nothing), &others);
        Ok(Some(node).filter(|node| *node != nothing || first.is_some()))
    }

    /// What a failure says, without what stood for hidden variables and with their names.
    fn explained(&self, failure: Failure, names: &BTreeSet<String>) -> Failure {
        let listed: Vec<&str> = names.iter().map(String::as_str).collect();
        let scrub = |text: String| self.secret.scrub(&text, names);
        let explain = |problem: Diagnostic| {
            let facts = problem.facts.into_iter().map(|(label, text)| (label, scrub(text)));
            let explained = Diagnostic {
                summary: scrub(problem.summary),
                found: problem.found.map(scrub),
                expected: problem.expected.map(scrub),
                facts: facts.collect(),
                ..problem
            };
            if names.is_empty() { explained } else { explained.fact("not shown", listed.join(", ")) }
        };
        Failure(failure.0.into_iter().map(explain).collect())
    }

    async fn evaluate(
        &mut self,
        request: Request,
        usual: Stand,
        single: BTreeMap<String, Stand>,
        descriptor: Option<&Value>,
    ) -> Result<Option<Node>, Failure> {
        let standing = self.standing(usual, single);
        let (thread, mut reply) = self.start(request, standing).await?;
        if let Some(descriptor) = descriptor {
            reply = thread.tune(descriptor).await?;
        }
        self.keep(Some(&reply));
        Ok(reply.node)
    }

    async fn start(&self, request: Request, standing: Standing) -> Result<(Thread, Reply), Failure> {
        Thread::start(request, self.root.clone(), Some(standing))?.load(self.module.clone()).await
    }

    fn standing(&self, usual: Stand, single: BTreeMap<String, Stand>) -> Standing {
        let (shown, asked) = (Arc::clone(&self.shown), Arc::clone(&self.asked));
        Standing { usual, single, shown, secret: self.secret, asked }
    }

    /// Remembers what was read, in whichever evaluation.
    fn keep(&mut self, reply: Option<&Reply>) {
        if let Some(reply) = reply {
            self.read.inputs.extend(reply.read.inputs.iter().cloned());
            self.read.variables.extend(reply.read.variables.iter().cloned());
        }
        self.read.inputs.sort_by(|a, b| a.path.cmp(&b.path));
        self.read.inputs.dedup();
    }
}

/// The one variable that is not what it is in the base evaluation, where it is just one.
fn varied<'r>(base: &Run, run: &'r Run) -> Option<&'r str> {
    let is_plain = base.single.is_empty() && base.usual == run.usual;
    let mut names = run.single.keys();
    names.next().filter(|_| is_plain && run.single.len() == 1).map(String::as_str)
}

/// A failure that is not the policy's answer to a value, but the end of it all.
fn stopped(result: Result<Option<Node>, Failure>) -> Result<Result<Option<Node>, Failure>, Failure> {
    let fatal = [codes::TIME_LIMIT, codes::HEAP_LIMIT, codes::INTERNAL];
    match result {
        Err(failure) if failure.0.iter().any(|problem| fatal.contains(&problem.code)) => Err(failure),
        result => Ok(result),
    }
}

/// What is worth trying, the most telling first.
fn assignments(names: &BTreeSet<String>, literals: &Literals) -> Vec<(Stand, BTreeMap<String, Stand>)> {
    let text = Stand::Text(Which::First);
    let fixed = |value: &str| Stand::Fixed(Some(value.to_owned()));
    let all = |usual: Stand| (usual, BTreeMap::new());
    let but = |usual: &Stand, name: &String, single: Stand| (usual.clone(), [(name.clone(), single)].into());
    let mut list = vec![all(Stand::Text(Which::Second)), all(Stand::Fixed(None)), all(fixed(""))];
    for name in names {
        list.push(but(&text, name, Stand::Fixed(None)));
        list.push(but(&text, name, Stand::Text(Which::Second)));
        list.push(but(&Stand::Fixed(None), name, text.clone()));
    }
    for value in &literals.compared {
        list.extend(names.iter().map(|name| but(&text, name, fixed(value))));
    }
    let others = USUAL.iter().copied().chain(literals.keys.iter().map(String::as_str));
    list.extend(
        literals.compared.iter().map(String::as_str).chain(others.clone()).map(|value| all(fixed(value))),
    );
    if names.len() <= SINGLY {
        list.extend(
            others
                .flat_map(|value| names.iter().map(move |name| (value, name)))
                .map(|(value, name)| but(&text, name, fixed(value))),
        );
    }
    list
}
