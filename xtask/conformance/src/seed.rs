//! The platform before a run: the case's `live` lists, in the corpus's names, as the embedded
//! backend's seed; and its `faults`.

use neonform_local::{
    AuthSeed, BranchSeed, BucketSeed, CredentialSeed, DataApiSeed, DatabaseSeed, DeploymentSeed, DomainSeed,
    EndpointSeed, Fault, FunctionSeed, ProjectSeed, Replacement, RoleSeed, Seed, TriggerSeed,
};
use serde_json::Value as Json;

use crate::case::Case;

/// The id of the branch that a case creates, and of its endpoint (the corpus's README).
const CREATED: (&str, &str) = ("br-quiet-meadow-a1b2c3d4", "ep-quiet-meadow-a1b2c3d4");

/// The seed of a case.
pub fn seed(case: &Case) -> Seed {
    let project = &case.spec["live"]["project"];
    let id = text(project, "id");
    let created = case.spec["live"]["createdBranchId"].as_str().unwrap_or(CREATED.0);
    let functions = case.live("functions").iter().map(function).collect();
    Seed {
        projects: if id.is_empty() { Vec::new() } else { vec![project_seed(project)] },
        branches: case.live("branches").iter().map(|found| branch(found, &id)).collect(),
        endpoints: case.live("endpoints").iter().map(endpoint).collect(),
        roles: case.live("roles").iter().map(role).collect(),
        databases: case.live("databases").iter().map(database).collect(),
        auth: case.live("auth").iter().map(auth).collect(),
        buckets: case.live("buckets").iter().map(bucket).collect(),
        functions,
        data_api: case.live("dataApi").iter().map(data_api).collect(),
        triggers: case.live("triggers").iter().map(trigger).collect(),
        domains: case.live("customDomains").iter().map(domain).collect(),
        credentials: case.live("credentials").iter().map(credential).collect(),
        cname_target: optional(&case.spec["live"], "cnameTarget"),
        deployment_error: Vec::new(),
        deployment_status: deployment_status(case),
        created_branch_id: Some(created.to_owned()),
        created_endpoint_id: Some(CREATED.1.to_owned()),
        now: case.spec["now"].as_i64(),
        // The corpus's platform has no rules about which branches may expire.
        lenient_expiration: true,
    }
}

fn text(from: &Json, key: &str) -> String {
    from[key].as_str().unwrap_or_default().to_owned()
}

fn optional(from: &Json, key: &str) -> Option<String> {
    from[key].as_str().map(str::to_owned)
}

fn project_seed(from: &Json) -> ProjectSeed {
    let defaults = &from["defaultEndpointSettings"];
    ProjectSeed {
        id: text(from, "id"),
        name: text(from, "name"),
        region_id: text(from, "regionId"),
        pg_version: from["pgVersion"].as_i64().unwrap_or(17),
        org_id: optional(from, "orgId"),
        default_min_cu: defaults["autoscalingLimitMinCu"].as_f64(),
        default_max_cu: defaults["autoscalingLimitMaxCu"].as_f64(),
        default_suspend_timeout_seconds: seconds(&defaults["suspendTimeout"]),
        without_passwords: false,
    }
}

fn branch(from: &Json, project: &str) -> BranchSeed {
    BranchSeed {
        id: text(from, "id"),
        project_id: project.to_owned(),
        name: text(from, "name"),
        parent_id: optional(from, "parentId"),
        default: from["isDefault"] == Json::Bool(true),
        protected: from["protected"] == Json::Bool(true),
        expires_at: optional(from, "expiresAt"),
        created_at: optional(from, "createdAt"),
    }
}

fn endpoint(from: &Json) -> EndpointSeed {
    EndpointSeed {
        id: text(from, "id"),
        branch_id: text(from, "branchId"),
        endpoint_type: text(from, "type"),
        min_cu: from["autoscalingLimitMinCu"].as_f64().unwrap_or(0.25),
        max_cu: from["autoscalingLimitMaxCu"].as_f64().unwrap_or(2.0),
        suspend_timeout_seconds: seconds(&from["suspendTimeout"]),
    }
}

fn role(from: &Json) -> RoleSeed {
    RoleSeed { branch_id: text(from, "branchId"), name: text(from, "name"), password: None }
}

fn database(from: &Json) -> DatabaseSeed {
    DatabaseSeed {
        branch_id: text(from, "branchId"),
        name: text(from, "name"),
        owner_name: text(from, "ownerName"),
    }
}

fn auth(from: &Json) -> AuthSeed {
    AuthSeed {
        branch_id: text(from, "branchId"),
        auth_provider_project_id: text(from, "projectId"),
        jwks_url: text(from, "jwksUrl"),
        base_url: optional(from, "baseUrl"),
        ..AuthSeed::default()
    }
}

fn bucket(from: &Json) -> BucketSeed {
    BucketSeed {
        branch_id: text(from, "branchId"),
        name: text(from, "name"),
        access_level: text(from, "accessLevel"),
        ..BucketSeed::default()
    }
}

fn data_api(from: &Json) -> DataApiSeed {
    DataApiSeed {
        branch_id: text(from, "branchId"),
        database_name: text(from, "databaseName"),
        url: text(from, "url"),
        settings: from["settings"].is_object().then(|| snake(&from["settings"])),
        ..DataApiSeed::default()
    }
}

fn trigger(from: &Json) -> TriggerSeed {
    TriggerSeed {
        branch_id: text(from, "branchId"),
        id: text(from, "triggerId"),
        trigger_type: text(from, "type"),
        name: text(from, "name"),
        function_slug: text(from, "functionSlug"),
        function_path: text(from, "functionPath"),
        enabled: from["enabled"] != Json::Bool(false),
        inherited: from["inherited"] == Json::Bool(true),
        cron: optional(from, "cron"),
        bucket_name: optional(from, "bucketName"),
        prefix: optional(from, "prefix"),
    }
}

fn domain(from: &Json) -> DomainSeed {
    DomainSeed {
        branch_id: text(from, "branchId"),
        domain: text(from, "domain"),
        entity_type: text(from, "entityType"),
        entity_id: text(from, "entityId"),
        cname_target: text(from, "cnameTarget"),
    }
}

fn credential(from: &Json) -> CredentialSeed {
    CredentialSeed {
        branch_id: text(from, "branchId"),
        token_id: text(from, "tokenId"),
        token_id_short: text(from, "tokenIdShort"),
        name: optional(from, "name"),
        scopes: texts(&from["scopes"]),
        principal_type: text(from, "principalType"),
        created_at: optional(from, "createdAt"),
        last_used_at: optional(from, "lastUsedAt"),
    }
}

fn deployment_status(case: &Case) -> Vec<(String, Vec<String>)> {
    let by_slug = case.spec["live"]["deploymentStatus"].as_object().into_iter().flatten();
    by_slug.map(|(slug, statuses)| (slug.clone(), texts(statuses))).collect()
}

fn texts(from: &Json) -> Vec<String> {
    from.as_array().into_iter().flatten().filter_map(|text| text.as_str().map(str::to_owned)).collect()
}

/// Names of the adapter as the API has them: `dbMaxRows` is `db_max_rows`.
fn snake(from: &Json) -> Json {
    let name = |key: &str| {
        key.chars().fold(String::new(), |name, letter| {
            if letter.is_ascii_uppercase() {
                name + "_" + &letter.to_ascii_lowercase().to_string()
            } else {
                name + &letter.to_string()
            }
        })
    };
    from.as_object().into_iter().flatten().map(|(key, value)| (name(key), value.clone())).collect()
}

fn function(from: &Json) -> FunctionSeed {
    let current = &from["currentDeployment"];
    let names = current["environment"].as_array().into_iter().flatten();
    let deployment = DeploymentSeed {
        id: current["id"].as_i64().unwrap_or_default(),
        status: text(current, "status"),
        environment: names.filter_map(|name| name.as_str().map(str::to_owned)).collect(),
        ..DeploymentSeed::default()
    };
    FunctionSeed {
        branch_id: text(from, "branchId"),
        slug: text(from, "slug"),
        id: text(from, "id"),
        name: text(from, "name"),
        invocation_url: text(from, "invocationUrl"),
        current_deployment: current.is_object().then_some(deployment),
        active_deployment_id: from["activeDeploymentId"].as_i64(),
    }
}

/// An idle timeout in any notation of the corpus, as seconds: `false` is -1.
pub fn seconds(value: &Json) -> Option<i64> {
    match value {
        Json::Bool(false) => Some(-1),
        Json::Number(number) => number.as_i64(),
        Json::String(text) => {
            let text = text.trim();
            let unit = text.chars().last()?.to_ascii_lowercase();
            let scale = [('s', 1), ('m', 60), ('h', 3_600), ('d', 86_400), ('w', 604_800)];
            let scale = scale.iter().find(|(letter, _)| *letter == unit)?.1;
            Some(text[..text.len() - 1].parse::<i64>().ok()? * scale)
        }
        _ => None,
    }
}

/// The case's failures to inject.
///
/// # Errors
/// Why one of them cannot be injected.
pub fn faults(case: &Case) -> Result<Vec<Fault>, String> {
    let listed = case.spec["faults"].as_array().into_iter().flatten();
    listed.map(fault).collect()
}

fn fault(from: &Json) -> Result<Fault, String> {
    let replace = replacement(&from["after"])?;
    if replace.is_some() && from.get("code").is_none() && from.get("message").is_none() {
        return Ok(Fault {
            operation: text(from, "method"),
            matching: optional(from, "on"),
            times: from["times"].as_u64().and_then(|times| u32::try_from(times).ok()),
            replace,
            ..Fault::default()
        });
    }
    let code = text(from, "code");
    let status = from["details"]["status"].as_u64().and_then(|status| u16::try_from(status).ok());
    let status = status.or_else(|| status_of(&code)).ok_or_else(|| format!("a fault with code {code:?}"))?;
    Ok(Fault {
        operation: text(from, "method"),
        matching: optional(from, "on"),
        status,
        message: text(from, "message"),
        request_id: optional(&from["details"], "requestId"),
        times: from["times"].as_u64().and_then(|times| u32::try_from(times).ok()),
        replace,
        ..Fault::default()
    })
}

/// The lists that a fault replaces.
fn replacement(after: &Json) -> Result<Option<Box<Replacement>>, String> {
    let Some(lists) = after.as_object() else { return Ok(None) };
    let mut replacement = Replacement::default();
    for (list, items) in lists {
        let items = items.as_array().map(Vec::as_slice).unwrap_or_default();
        match list.as_str() {
            "customDomains" => replacement.domains = Some(items.iter().map(domain).collect()),
            "functions" => replacement.functions = Some(items.iter().map(function).collect()),
            "triggers" => replacement.triggers = Some(items.iter().map(trigger).collect()),
            "buckets" => replacement.buckets = Some(items.iter().map(bucket).collect()),
            other => return Err(format!("a fault that replaces the list {other}")),
        }
    }
    Ok(Some(Box::new(replacement)))
}

fn status_of(code: &str) -> Option<u16> {
    let statuses = [
        ("UNAUTHORIZED", 401),
        ("FORBIDDEN", 403),
        ("NOT_FOUND", 404),
        ("CONFLICT", 409),
        ("LOCKED", 423),
        ("RATE_LIMITED", 429),
        ("SERVER_ERROR", 500),
    ];
    let name = code.strip_prefix("PLATFORM_")?;
    statuses.iter().find(|(known, _)| *known == name).map(|(_, status)| *status)
}
