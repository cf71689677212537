//! When a bucket is created, and what is said about one that differs.

use neonform_engine::address::Address;
use neonform_engine::change::{Action, Attribute, Change, Doable, Impact, Record, Remedy};
use neonform_engine::diagnostic::{Layer, codes};
use neonform_engine::kind::{Context, Declared, Kind, Resource};
use neonform_engine::path::Path;
use neonform_engine::policy::{Cursor, Policy};
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
}

impl Kind for Bucket {
    type Spec = Spec;
    type Live = BucketLive;
    type Operation = Operation;

    const NAME: &'static str = "bucket";

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

    fn export(&self, name: &str, live: &BucketLive) -> Vec<(Path, Value)> {
        let place = Path::root().key("preview").key("buckets").key(name).key("access");
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
    let access =
        object.get("access").map_or(Some("private"), |access| access.choice(&["private", "public_read"]))?;
    Some(Resource {
        address: Address::new(Bucket::NAME, name),
        spec: Spec { access },
        needs: Vec::new(),
        path: cursor.path().clone(),
    })
}

fn resolved(resource: &Resource<Spec>) -> Value {
    Value::Map(vec![
        ("name".to_owned(), resource.address.name().into()),
        ("access".to_owned(), resource.spec.access.into()),
    ])
}

fn creation(name: &str, access: &'static str) -> Change<Operation> {
    let mut change = Change::doable(Action::Create, Impact::Additive, Operation::Create(access));
    change.attributes = vec![Attribute::added("access", access)];
    change.record = Some(Record {
        kind: "service",
        identifier: format!("bucket:{name}"),
        action: Action::Create,
        details: vec![("bucketName".to_owned(), name.into()), ("accessLevel".to_owned(), access.into())],
    });
    change
}

fn access_drift(wanted: &'static str, live: &BucketLive) -> Change<Operation> {
    let fix = "delete the bucket and apply again, or write the live access level in the policy";
    Change {
        action: Action::NoOp,
        impact: Impact::Additive,
        attributes: vec![Attribute::changed("access", Some(live.access.as_str().into()), wanted)],
        reason: Some("the platform cannot change the access level of a bucket".to_owned()),
        doable: Doable::Shown(Remedy::ByHand(fix.to_owned())),
        record: None,
        conflict: None,
    }
}
