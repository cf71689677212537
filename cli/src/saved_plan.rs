//! A saved plan: what was planned, what it was planned for, and what it relied on, as a file that `apply` takes.
//!
//! It holds no secret. Of the variables that the policy read there is a slow, salted digest each, of every live
//! object what it was like, of every file its SHA-256. A checksum over everything tells a file that was cut off or
//! edited; it does not tell who wrote it. `saved_plan/check.rs` says whether what it relied on has moved.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;
use neonform_engine::diagnostic::Failure;
use neonform_engine::plan::Plan;
use serde_json::{Map, Value as Json, json};
use sha2::{Digest, Sha256};

use crate::args::{PolicyArgs, PurposeArgs};
use crate::bundler::hex;
use crate::output::{json as output, neon_json};
use crate::pipeline::{Planned, Source};
use crate::stored::{self, Stored};

mod check;
mod decode;
mod environment;
mod flags;

pub use check::check;
pub use environment::Environment;

/// What a saved plan says that it is.
pub const FORMAT: &str = "neonform-plan";
/// The version of the format.
const VERSION: u64 = 1;

/// A plan, and what it relied on.
pub struct SavedPlan {
    /// The policy file, relative to the repository.
    pub policy_file: String,
    /// The flags that say which policy; paths as they were written.
    pub policy: PolicyArgs,
    /// The flags that say what the plan is made for.
    pub purpose: PurposeArgs,
    /// SHA-256 of every file that policy and bundles were made from, by path in the repository.
    pub inputs: BTreeMap<String, String>,
    /// The variables that the policy read.
    pub environment: Environment,
    /// The plan, without what it takes to apply it.
    pub plan: Plan,
    /// The plan as `plan --output json` shows it.
    pub json: Json,
    /// The plan as `plan --output neon-json` shows it.
    pub neon_json: Json,
}

/// What a plan that is to be saved was made from.
pub struct Made<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// When it was made.
    pub at: Timestamp,
    /// See [`SavedPlan::policy_file`].
    pub policy_file: String,
    /// The flags that say which policy.
    pub policy: &'a PolicyArgs,
    /// The flags that say what it is made for.
    pub purpose: &'a PurposeArgs,
    /// See [`SavedPlan::inputs`].
    pub inputs: &'a BTreeMap<String, String>,
    /// The variables that the policy read, with their values.
    pub variables: &'a BTreeMap<String, String>,
}

/// What a plan relied on besides the branch.
pub struct Reliance {
    inputs: BTreeMap<String, String>,
    variables: BTreeMap<String, String>,
}

impl Reliance {
    /// What the policy read, and what bundles were made from.
    pub fn of(planned: &Planned, source: &Source) -> Self {
        let read = &planned.loaded.read;
        let bundled = planned.plan.expected.values().flat_map(|expected| &expected.inputs);
        let inputs =
            bundled.cloned().chain(read.inputs.iter().map(|input| (input.path.clone(), hex(&input.sha256))));
        let value = |name: &String| Some((name.clone(), source.env.get(name)?.clone()));
        Self { inputs: inputs.collect(), variables: read.variables.iter().filter_map(value).collect() }
    }

    /// With the rest of what a saved plan is made from.
    pub fn made<'a>(
        &'a self,
        plan: &'a Plan,
        source: &Source,
        policy: &'a PolicyArgs,
        purpose: &'a PurposeArgs,
    ) -> Made<'a> {
        Made {
            plan,
            at: source.now,
            policy_file: source.file.relative(),
            policy,
            purpose,
            inputs: &self.inputs,
            variables: &self.variables,
        }
    }
}

/// The file's content.
pub fn json(made: &Made<'_>) -> Json {
    let mut fields = Map::new();
    let mut add = |name: &str, value: Json| fields.insert(name.to_owned(), value);
    add("madeAt", made.at.to_string().into());
    add("madeBy", format!("neonform {}", env!("CARGO_PKG_VERSION")).into());
    add("policy", made.policy_file.as_str().into());
    add("flags", flags::json(made.policy, made.purpose));
    add(
        "inputs",
        made.inputs
            .iter()
            .map(|(path, hash)| (path.clone(), Json::from(hash.as_str())))
            .collect::<Map<_, _>>()
            .into(),
    );
    add("environment", Environment::of(made.variables).json());
    add("target", decode::target_json(&made.plan.target));
    add("live", stored::state(&made.plan.live, true));
    add("expected", stored::state(&made.plan.expected, true));
    add("plan", output::plan(made.plan, None));
    add("neonJson", neon_json::result(made.plan, None));
    let mut file = Map::new();
    file.insert("format".to_owned(), FORMAT.into());
    file.insert("version".to_owned(), VERSION.into());
    file.insert("checksum".to_owned(), checksum(&fields).into());
    file.extend(fields);
    file.into()
}

/// Over everything but what says what the file is; the order of keys counts.
fn checksum(fields: &Map<String, Json>) -> String {
    let counted: Map<String, Json> = fields
        .iter()
        .filter(|(name, _)| !["format", "version", "checksum"].contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    format!("sha256:{}", hex(&Sha256::digest(Json::Object(counted).to_string())))
}

impl SavedPlan {
    /// Reads a file.
    ///
    /// # Errors
    /// When it is not a saved plan of this version, or not as it was written.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        Self::of(Stored::open(path)?)
    }

    /// The saved plan that a file is.
    ///
    /// # Errors
    /// When it is not a saved plan of this version, or not as it was written.
    pub fn of(stored: Stored) -> Result<Self, Failure> {
        let stored = stored.of(FORMAT, VERSION)?;
        let written = stored.text("/checksum")?;
        let found = stored.json.as_object().map(checksum).unwrap_or_default();
        if written != found {
            return Err(stored
                .problem("the saved plan is not as it was written")
                .found(format!("content with the checksum {found}"))
                .expected(format!("the checksum {written}"))
                .fix("plan again with neonform plan --out FILE; a saved plan cannot be edited")
                .into());
        }
        let (policy, purpose) = flags::read(&stored)?;
        Ok(Self {
            policy_file: stored.text("/policy")?.to_owned(),
            policy,
            purpose,
            inputs: stored.texts("/inputs")?,
            environment: Environment::read(&stored)?,
            plan: decode::plan(&stored)?,
            json: stored.json["plan"].clone(),
            neon_json: stored.json["neonJson"].clone(),
        })
    }
}

impl SavedPlan {
    /// The flags that say which policy, those of this run first.
    pub fn policy_under(&self, given: &PolicyArgs) -> PolicyArgs {
        PolicyArgs {
            config: given.config.clone().or(self.policy.config.clone()),
            env: given.env.clone().or(self.policy.env.clone()),
            ..self.policy.clone()
        }
    }
}

/// Whether two plans are the same in what they would do.
fn same_result(a: &Json, b: &Json) -> bool {
    let told = |plan: &Json| json!([plan["target"], plan["changes"], plan["impossible"]]);
    told(a) == told(b)
}
