//! When a bucket is created, and what is said about one that differs.

use neonform_engine::address::Address;
use neonform_engine::change::{Action, Attribute, Change, Impact, Record, Remedy};
use neonform_engine::diagnostic::{Layer, codes};
use neonform_engine::kind::{Context, Declared, Kind, Outputs, Resource};
use neonform_engine::path::Path;
use neonform_engine::policy::{Cursor, Policy};
use neonform_engine::state::Observed;
use neonform_engine::unknown;
use neonform_engine::value::Value;

use super::driver::BucketLive;
use crate::homes::{has_preview, homes};

/// The bucket kind.
pub struct Bucket;

/// What a policy asks of a bucket.
#[derive(Debug, Clone)]
pub struct Spec {
    /// `private` or `public_read`.
    pub access: &'static str,
}

/// One request.
#[derive(Debug, Clone, PartialEq)]
pub enum Operation {
    /// Create the bucket with this access level.
    Create(&'static str),
    /// Delete the bucket; what is in it only with this consent.
    Delete {
        /// Whether objects may be deleted.
        with_data: bool,
    },
}

impl Kind for Bucket {
    type Spec = Spec;
    type Live = BucketLive;
    type Operation = Operation;

    const NAME: &'static str = "bucket";
    const PRUNED_AS: Option<&'static str> = Some("buckets");

    fn declare(&self, policy: &Policy<'_>) -> Declared<Spec> {
        let mut declared = Declared::default();
        let Some(root) = policy.root() else { return declared };
        let homes = homes(&root, "buckets", "preview.buckets");
        let mut read: Vec<_> = homes.iter().map(read_record).collect();
        if !read.is_empty() {
            declared.resources = read.swap_remove(0);
        }
        if has_preview(&root) {
            let listed = declared.resources.iter().map(resolved).collect();
            declared.resolved.push((Path::root().key("preview").key("buckets"), Value::List(listed)));
        }
        declared.service = (!declared.resources.is_empty()).then_some("Object Storage");
        declared
    }

    fn diff(
        &self,
        _context: &Context<'_>,
        address: &Address,
        spec: &Spec,
        live: Option<&BucketLive>,
    ) -> Vec<Change<Operation>> {
        match live {
            None => vec![creation(address.name(), spec.access)],
            Some(live) if live.access == spec.access => Vec::new(),
            Some(live) => vec![access_drift(spec.access, live)],
        }
    }

    /// Another access level than the one that a bucket was created with is another bucket, although a
    /// plan could only show it.
    fn overtaken(
        &self,
        context: &Context<'_>,
        address: &Address,
        spec: &Spec,
        _learned: &Outputs,
        live: Option<&BucketLive>,
    ) -> Vec<Attribute> {
        self.diff(context, address, spec, live).into_iter().flat_map(|change| change.attributes).collect()
    }

    fn inherited(&self, live: &BucketLive) -> Option<BucketLive> {
        Some(live.clone())
    }

    fn observe(&self, _name: &str, live: &BucketLive) -> Option<Observed> {
        Some(Observed::new(vec![("access".to_owned(), live.access.as_str().into())]))
    }

    fn expect(&self, _context: &Context<'_>, _address: &Address, spec: &Spec) -> Option<Observed> {
        Some(Observed::new(vec![("access".to_owned(), spec.access.into())]))
    }

    fn requests(&self, operation: &Operation) -> usize {
        match operation {
            Operation::Create(_) => 1,
            // It is looked into right before.
            Operation::Delete { .. } => 2,
        }
    }

    fn prune(&self, address: &Address, live: &BucketLive, with_data: bool) -> Option<Change<Operation>> {
        Some(deletion(address.name(), live, with_data))
    }

    fn export(&self, name: &str, live: &BucketLive) -> Vec<(Path, Value)> {
        let place = Path::root().key("buckets").key(name).key("access");
        vec![(place, live.access.as_str().into())]
    }
}

fn read_record(home: &Cursor<'_>) -> Vec<Resource<Spec>> {
    let Some(record) = home.object() else { return Vec::new() };
    record.entries().into_iter().filter_map(|(name, cursor)| read(name, &cursor)).collect()
}

fn read(name: &str, cursor: &Cursor<'_>) -> Option<Resource<Spec>> {
    let length = name.encode_utf16().count();
    if !(1..=255).contains(&length) {
        let code = if length == 0 { codes::TOO_SMALL } else { codes::TOO_BIG };
        let problem = cursor.problem(code, "a bucket's name has the wrong length").layer(Layer::Type);
        cursor.report(problem.found(format!("{length} characters")).expected("1 to 255 characters"));
        return None;
    }
    let object = cursor.object()?;
    let mut unknown = Vec::new();
    let access = object.known("access", "access", &mut unknown);
    let access = access.map_or(Some("private"), |access| access.choice(&["private", "public_read"]))?;
    let resource = Resource::declared(Address::new(Bucket::NAME, name), Spec { access }, cursor);
    Some(Resource { unknown, ..resource })
}

fn resolved(resource: &Resource<Spec>) -> Value {
    Value::Map(vec![
        ("name".to_owned(), resource.address.name().into()),
        ("access".to_owned(), unknown::shown("access", resource.spec.access, &resource.unknown)),
    ])
}

fn creation(name: &str, access: &'static str) -> Change<Operation> {
    let mut change = Change::doable(Action::Create, Impact::Additive, Operation::Create(access));
    change.attributes = vec![Attribute::added("access", access)];
    change.records = vec![Record {
        kind: "service",
        identifier: format!("bucket:{name}"),
        action: Action::Create,
        details: vec![("bucketName".to_owned(), name.into()), ("accessLevel".to_owned(), access.into())],
    }];
    change
}

fn access_drift(wanted: &'static str, live: &BucketLive) -> Change<Operation> {
    Change::shown(
        vec![Attribute::changed("access", Some(live.access.as_str().into()), wanted)],
        "the platform cannot change the access level of a bucket",
        Remedy::ByHand(
            "delete the bucket and apply again, or write the live access level in the policy".to_owned(),
        ),
    )
}

/// Whether a request about the bucket would be one about something else (`client/request.rs`).
pub(super) fn is_unaddressable(name: &str) -> bool {
    matches!(name, "." | "..")
}

fn deletion(name: &str, live: &BucketLive, with_data: bool) -> Change<Operation> {
    let access =
        Attribute { name: "access".to_owned(), before: Some(live.access.as_str().into()), after: None };
    if is_unaddressable(name) {
        let remedy = Remedy::ByHand("delete it in the console".to_owned());
        let reason = "the bucket is not declared, and no URL can name it, so the API cannot delete it";
        return Change::shown(vec![access], reason, remedy);
    }
    if live.holds_objects == Some(true) && !with_data {
        let remedy = Remedy::PassFlag("--prune-data to delete it with everything in it".to_owned());
        return Change::shown(vec![access], "the bucket is not declared, and it is not empty", remedy);
    }
    let mut change = Change::doable(Action::Delete, Impact::Destructive, Operation::Delete { with_data });
    change.attributes = vec![access];
    change.reason = Some("the policy does not declare it".to_owned());
    change.records = vec![Record {
        kind: "service",
        identifier: format!("bucket:{name}"),
        action: Action::Delete,
        details: vec![("bucketName".to_owned(), name.into())],
    }];
    change
}
