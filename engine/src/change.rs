//! What differs between desired and live state, and how much it matters.
//!
//! A kind's `diff` makes changes; gate, plan, apply and every output only read them. A change that
//! cannot be made says so with a [`Remedy`]; drift that is shown but not corrected is a change
//! without an operation. `origin` and `reason` are for display only and never steer anything.

use crate::path::Path;
use crate::places::Places;
use crate::value::Value;

/// What a step does to a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// `+`: the resource is made.
    Create,
    /// `~`: the resource is changed in place.
    Update,
    /// `±`: the resource is deleted and made again.
    Replace,
    /// `-`: the resource is deleted.
    Delete,
    /// Nothing happens.
    NoOp,
}

impl Action {
    /// The sign in front of a line of a plan.
    pub fn glyph(self) -> &'static str {
        match self {
            Action::Create => "+",
            Action::Update => "~",
            Action::Replace => "±",
            Action::Delete => "-",
            Action::NoOp => "=",
        }
    }

    /// The word in JSON, the reference's own.
    pub fn word(self) -> &'static str {
        match self {
            Action::Create => "create",
            Action::Update => "update",
            Action::Replace => "replace",
            Action::Delete => "delete",
            Action::NoOp => "noop",
        }
    }
}

/// How much a change takes away; decides what consent it needs (spec 4.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Impact {
    /// Adds something; needs no consent.
    Additive,
    /// Overwrites or turns off a setting that somebody made; needs consent.
    Override,
    /// Deletes a resource that nobody declares; needs a consent of its own.
    Destructive,
}

/// Which side moved since the last apply, as far as that can be known: no state is kept, so it is known
/// only where a live resource carries what it was made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Origin {
    /// What is live is what was last applied; the policy, or something that it reads, asks for something else.
    Policy,
    /// The policy asks for what was last applied; what is live is something else.
    Drift,
    /// Both moved.
    Both,
    /// It cannot be known.
    #[default]
    Unknown,
}

impl Impact {
    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Impact::Additive => "additive",
            Impact::Override => "override",
            Impact::Destructive => "destructive",
        }
    }
}

impl Origin {
    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Origin::Policy => "policy",
            Origin::Drift => "drift",
            Origin::Both => "both",
            Origin::Unknown => "unknown",
        }
    }
}

/// One attribute's two values; `None` is unset.
#[derive(Debug, Clone, PartialEq)]
pub struct Attribute {
    /// The attribute's name, dotted where it is nested.
    pub name: String,
    /// The live value.
    pub before: Option<Value>,
    /// The desired value.
    pub after: Option<Value>,
}

impl Attribute {
    /// An attribute that is new.
    pub fn added(name: &str, after: impl Into<Value>) -> Self {
        Self { name: name.to_owned(), before: None, after: Some(after.into()) }
    }

    /// An attribute that changes.
    pub fn changed(name: &str, before: Option<Value>, after: impl Into<Value>) -> Self {
        Self { name: name.to_owned(), before, after: Some(after.into()) }
    }

    /// An attribute of which nobody knows what it is to be.
    pub fn unknown(name: &str, before: Option<Value>) -> Self {
        Self { name: name.to_owned(), before, after: Some(Value::Unknown) }
    }
}

/// What a person can do about a change that cannot be made or is not made.
#[derive(Debug, Clone, PartialEq)]
pub enum Remedy {
    /// Pass a flag.
    PassFlag(String),
    /// Change the policy at a path, as the text says.
    EditKey(Path, String),
    /// Do something outside `neonform`, as the text says.
    ByHand(String),
}

/// A change in the reference's words, for `--output neon-json` (spec 4.8).
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// `branch` or `service`.
    pub kind: &'static str,
    /// What the reference calls the thing.
    pub identifier: String,
    /// The reference's action where it is not this change's own.
    pub action: Action,
    /// The reference's details, in its order; what apply learns is added behind them.
    pub details: Vec<(String, Value)>,
}

/// A change that needs consent or cannot be made, in the reference's words (spec 4.6).
#[derive(Debug, Clone, PartialEq)]
pub struct Conflict {
    /// The branch's name, or the trigger's.
    pub identifier: String,
    /// Which setting.
    pub field: &'static str,
    /// What is there, if anything.
    pub current: Option<Value>,
    /// What the policy wants.
    pub desired: Option<Value>,
}

/// Whether a change can be made.
#[derive(Debug, Clone, PartialEq)]
pub enum Doable<Operation> {
    /// It is made by this operation.
    Yes(Operation),
    /// It cannot be made; the plan holds it as a conflict.
    No(Remedy),
    /// It is shown and not made: nobody asked for it, or the API has no call for it.
    Shown(Remedy),
    /// It is a change of the plan, but some of its values are not known; such a plan is never applied.
    Unknown,
}

/// One change of one resource; `Operation` is what the kind's driver needs to make it.
#[derive(Debug, Clone)]
pub struct Change<Operation> {
    /// What happens.
    pub action: Action,
    /// How much it takes away.
    pub impact: Impact,
    /// Which attributes differ.
    pub attributes: Vec<Attribute>,
    /// Which side moved, for display only.
    pub origin: Origin,
    /// Why, for display only.
    pub reason: Option<String>,
    /// Whether and how it is made.
    pub doable: Doable<Operation>,
    /// The reference's view of it as planned changes, usually one.
    pub records: Vec<Record>,
    /// The reference's view of it as a conflict.
    pub conflict: Option<Conflict>,
    /// Where in the sources the resource and its attributes are declared; filled in by the engine.
    pub places: Places,
}

impl<Operation> Change<Operation> {
    /// A change that can be made.
    pub fn doable(action: Action, impact: Impact, operation: Operation) -> Self {
        Self {
            action,
            impact,
            attributes: Vec::new(),
            origin: Origin::Unknown,
            reason: None,
            doable: Doable::Yes(operation),
            records: Vec::new(),
            conflict: None,
            places: Places::default(),
        }
    }

    /// A difference that is shown and not made, with what to do about it.
    pub fn shown(attributes: Vec<Attribute>, reason: &str, remedy: Remedy) -> Self {
        Self {
            action: Action::NoOp,
            impact: Impact::Additive,
            attributes,
            origin: Origin::Unknown,
            reason: Some(reason.to_owned()),
            doable: Doable::Shown(remedy),
            records: Vec::new(),
            conflict: None,
            places: Places::default(),
        }
    }

    /// The same change with its operation replaced.
    pub fn map<Other>(self, convert: impl FnOnce(Operation) -> Other) -> Change<Other> {
        Change {
            action: self.action,
            impact: self.impact,
            attributes: self.attributes,
            origin: self.origin,
            reason: self.reason,
            doable: match self.doable {
                Doable::Yes(operation) => Doable::Yes(convert(operation)),
                Doable::No(remedy) => Doable::No(remedy),
                Doable::Shown(remedy) => Doable::Shown(remedy),
                Doable::Unknown => Doable::Unknown,
            },
            records: self.records,
            conflict: self.conflict,
            places: self.places,
        }
    }

    /// The same change of a resource that is declared there.
    #[must_use]
    pub fn declared(self, places: &Places) -> Self {
        Self { places: places.clone(), ..self }
    }

    /// Whether it is made when a plan is applied.
    pub fn is_doable(&self) -> bool {
        matches!(self.doable, Doable::Yes(_))
    }

    /// Whether it belongs to a step, and not among what is only shown or cannot be made.
    pub fn is_planned(&self) -> bool {
        matches!(self.doable, Doable::Yes(_) | Doable::Unknown)
    }

    /// Whether one of its values is not known.
    pub fn is_unknown(&self) -> bool {
        matches!(self.doable, Doable::Unknown)
            || self.attributes.iter().any(|attribute| attribute.after == Some(Value::Unknown))
    }
}
