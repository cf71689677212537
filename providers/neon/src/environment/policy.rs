//! What a resolved policy has variables for (spec 3.2, 7.3).

use neonform_engine::node::{Node, Shape};
use neonform_engine::path::Path;
use neonform_engine::value::Value;

use super::names::{Selection, Service};
use super::resolve::{Functions, Wanted};

impl Wanted {
    /// The variables of what a policy declares: its functions, deployed or not, and everything else as it has to be on the
    /// branch.
    pub fn of_policy(resolved: &Value) -> Self {
        let is_on = |path: &Path| resolved.at(path) == Some(&Value::Bool(true));
        let preview = Path::root().key("preview");
        let (buckets, slugs) = (names(resolved, "buckets", "name"), names(resolved, "functions", "slug"));
        let services = [
            (Service::Postgres, true),
            (Service::Auth, is_on(&Path::root().key("authEnabled"))),
            (Service::DataApi, is_on(&Path::root().key("dataApiEnabled"))),
            (Service::Functions, !slugs.is_empty()),
            (Service::ObjectStorage, !buckets.is_empty()),
            (Service::AiGateway, is_on(&preview.key("aiGatewayEnabled"))),
        ];
        let services =
            services.into_iter().filter(|(_, declared)| *declared).map(|(service, _)| service).collect();
        Self {
            selection: Selection { services, ..Selection::default() },
            functions: Functions::Declared(slugs),
            buckets,
            ..Self::default()
        }
    }

    /// The variables of what a branch has, whatever it is; those of the AI Gateway only where they are asked for.
    pub fn of_branch(with_gateway: bool) -> Self {
        let optional = [Service::Auth, Service::DataApi, Service::Functions, Service::ObjectStorage];
        let optional: std::collections::BTreeSet<Service> =
            optional.into_iter().chain(with_gateway.then_some(Service::AiGateway)).collect();
        let services = optional.iter().copied().chain([Service::Postgres]).collect();
        Self { selection: Selection { services, ..Selection::default() }, optional, ..Self::default() }
    }
}

/// Takes the variables of functions out of a policy, or out of what its closure returned. They say nothing about what the
/// branch has variables for, and their values need not be known where somebody only wants to connect.
pub fn drop_values(node: &mut Node) {
    for section in [&["functions"][..], &["preview", "functions"]] {
        let functions = section.iter().try_fold(&mut *node, |node, key| property(node, key));
        let Some(Shape::Object(functions)) = functions.map(|functions| &mut functions.shape) else {
            continue;
        };
        for function in functions {
            if let Shape::Object(fields) = &mut function.node.shape {
                fields.retain(|field| field.key != "env");
            }
        }
    }
}

fn property<'a>(node: &'a mut Node, key: &str) -> Option<&'a mut Node> {
    let Shape::Object(entries) = &mut node.shape else { return None };
    entries.iter_mut().find(|entry| entry.key == key).map(|entry| &mut entry.node)
}

/// What the resources of a list in the resolved policy are called.
fn names(resolved: &Value, list: &str, field: &str) -> Vec<String> {
    let Some(Value::List(items)) = resolved.at(&Path::root().key("preview").key(list)) else {
        return Vec::new();
    };
    let name = |item: &Value| match item.at(&Path::root().key(field)) {
        Some(Value::String(name)) => Some(name.clone()),
        _ => None,
    };
    items.iter().filter_map(name).collect()
}
