//! Custom domains: which name leads to which function.
//!
//! No name server is asked, so every domain stays pending. A domain is no part of its function: it
//! outlives it, and goes with its branch. A child branch inherits none.
//! Invariant: a domain is registered once in the whole database, in its normal form.

use rusqlite::{Connection, OptionalExtension, Row};
use serde_json::{Value, json};

use super::branch;
use super::{Kind, Route, function};
use crate::call::{Call, Reply, set};
use crate::error::ApiError;
use crate::hosts;
use crate::paging::{Key, Paging};

const ALL: &str = "/projects/{project_id}/branches/{branch_id}/custom-domains";
const ONE: &str = "/projects/{project_id}/branches/{branch_id}/custom-domains/{domain}";

pub(crate) const KIND: Kind = Kind {
    routes: &[
        Route::get(ALL, "listBranchCustomDomains", list),
        Route::post(ALL, "registerBranchCustomDomain", register),
        Route::delete(ONE, "deleteBranchCustomDomain", delete),
    ],
    inherit: None,
};

const FUNCTION: &str = "function";
const COLUMNS: &str = "branch_id, domain, entity_type, entity_id, cname_target, rowid";

/// One domain.
struct Domain {
    branch_id: String,
    domain: String,
    entity_type: String,
    entity_id: String,
    cname_target: String,
    /// Where it stands in the list; set by the database.
    rowid: i64,
}

impl Domain {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            branch_id: row.get(0)?,
            domain: row.get(1)?,
            entity_type: row.get(2)?,
            entity_id: row.get(3)?,
            cname_target: row.get(4)?,
            rowid: row.get(5)?,
        })
    }

    fn json(&self) -> Value {
        json!({
            "domain": self.domain,
            "entity_type": self.entity_type,
            "entity_id": self.entity_id,
            "cname_target": self.cname_target,
            "status": "pending",
        })
    }
}

fn list(call: &Call<'_>) -> Result<Reply, ApiError> {
    let (_, branch) = branch::of(call)?;
    let all: Vec<Domain> = call
        .world
        .sql
        .prepare_cached(&format!("SELECT {COLUMNS} FROM custom_domain WHERE branch_id = ?1"))?
        .query_map([&branch.id], Domain::read)?
        .collect::<Result<_, _>>()?;
    let page = Paging::new(100, 1000).page(call, all, |domain| Key::number(domain.rowid))?;
    let shown: Vec<Value> = page.items.iter().map(Domain::json).collect();
    let mut body = json!({ "custom_domains": shown });
    set(&mut body, "pagination", page.next().map(|next| json!({ "next": next })));
    Reply::ok(body)
}

/// The domain with a name, on whichever branch it is.
fn find(sql: &Connection, domain: &str) -> Result<Option<Domain>, ApiError> {
    Ok(sql
        .prepare_cached(&format!("SELECT {COLUMNS} FROM custom_domain WHERE domain = ?1"))?
        .query_row([domain], Domain::read)
        .optional()?)
}

fn register(call: &Call<'_>) -> Result<Reply, ApiError> {
    let (project, branch) = branch::of(call)?;
    let (world, sql) = (&call.world, call.world.sql);
    let mut fields = call.fields()?;
    let domain = normalized(fields.required("domain")?);
    let entity_type: &str = fields.required("entity_type")?;
    let entity_id: &str = fields.required("entity_id")?;
    if entity_type != FUNCTION {
        return Err(fields.wrong("entity_type", "must be function").with_code("invalid_entity_type"));
    }
    if !is_hostname(&domain) {
        return Err(fields.wrong("domain", "must be a full host name such as shop.example.com"));
    }
    fields.done()?;
    if function::find(sql, &branch.id, entity_id)?.is_none() {
        return Err(ApiError::absent("function"));
    }
    if let Some(found) = find(sql, &domain)? {
        let same =
            found.branch_id == branch.id && found.entity_type == entity_type && found.entity_id == entity_id;
        // Whose it is, is nobody's business.
        return if same {
            Reply::created(found.json())
        } else {
            Err(ApiError::conflict("domain is already registered"))
        };
    }
    let pinned = world.with_pins(|pins| pins.cname_target.clone());
    let made = Domain {
        branch_id: branch.id,
        cname_target: pinned.unwrap_or_else(|| hosts::cname_target(&domain, &project.region_id)),
        domain,
        entity_type: entity_type.to_owned(),
        entity_id: entity_id.to_owned(),
        rowid: 0,
    };
    sql.execute(
        "INSERT INTO custom_domain (branch_id, domain, entity_type, entity_id, cname_target)
         VALUES (?1, ?2, ?3, ?4, ?5)",
        (&made.branch_id, &made.domain, &made.entity_type, &made.entity_id, &made.cname_target),
    )?;
    Reply::created(made.json())
}

fn delete(call: &Call<'_>) -> Result<Reply, ApiError> {
    let (_, branch) = branch::of(call)?;
    let deleted = call.world.sql.execute(
        "DELETE FROM custom_domain WHERE branch_id = ?1 AND domain = ?2",
        [&branch.id, &normalized(call.param("domain"))],
    )?;
    if deleted == 0 {
        return Err(ApiError::absent("custom domain"));
    }
    Reply::nothing()
}

/// Without white space around it, in lower case, without the root's dot.
fn normalized(domain: &str) -> String {
    let domain = domain.trim().to_lowercase();
    domain.strip_suffix('.').unwrap_or(&domain).to_owned()
}

/// Two or more DNS labels, the last of them alphabetic or an internationalized one.
fn is_hostname(domain: &str) -> bool {
    let is_label = |label: &str| {
        let known = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        (1..=63).contains(&label.len())
            && label.bytes().all(known)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let is_top = |label: &str| {
        label.len() >= 2 && (label.bytes().all(|byte| byte.is_ascii_lowercase()) || label.starts_with("xn--"))
    };
    (3..=253).contains(&domain.len())
        && domain.split('.').all(is_label)
        && domain.rsplit_once('.').is_some_and(|(_, top)| is_top(top))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_names_are_told_from_other_text() {
        for good in ["a.io", "shop.example.com", "my-shop.example.xn--p1ai", "1.2.3.com"] {
            assert!(is_hostname(good), "{good}");
        }
        let long = format!("{}.com", "a".repeat(64));
        for bad in [
            "", "com", ".com", "a..com", "-a.com", "a-.com", "a_b.com", "*.a.com", "a.c", "1.2.3.4",
            "a.com:80", "é.com", &long,
        ] {
            assert!(!is_hostname(bad), "{bad}");
        }
        assert_eq!(normalized("  Shop.Example.COM. "), "shop.example.com");
    }
}
