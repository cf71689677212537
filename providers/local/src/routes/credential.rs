//! Branch credentials: what they allow, and the secrets that go with them.
//!
//! The secrets open nothing, but are treated as the platform does: shown when they are issued,
//! replaced or revealed, and nowhere else. A branch that a request makes has the two platform
//! credentials, with ids of its own; what else its parent has it inherits, ids and secrets
//! included, after which the two are separate. A seeded branch has what its seed says.
//! Invariant: a revoked credential stays in the list and gives its secrets to nobody.

use rusqlite::{Connection, OptionalExtension, Row};
use serde_json::{Value, json};

use super::branch;
use super::{Kind, Lineage, Route};
use crate::body::Fields;
use crate::call::{Call, Reply, World, set};
use crate::error::ApiError;
use crate::ids;

const ALL: &str = "/projects/{project_id}/branches/{branch_id}/credentials";
const ONE: &str = "/projects/{project_id}/branches/{branch_id}/credentials/{token_id}";

pub(crate) const KIND: Kind = Kind {
    routes: &[
        Route::get(ALL, "listCredentials", list),
        Route::post(ALL, "createCredential", create),
        Route::delete(ONE, "revokeCredential", revoke),
        Route::post(
            "/projects/{project_id}/branches/{branch_id}/credentials/{token_id}/reveal",
            "revealCredential",
            reveal,
        ),
        Route::post(
            "/projects/{project_id}/branches/{branch_id}/credentials/{token_id}/rotate",
            "rotateCredential",
            rotate,
        ),
    ],
    inherit: Some(inherit),
};

/// What can be asked for.
const SCOPES: [&str; 4] = ["storage:read", "storage:write", "ai_gateway:invoke", "functions:invoke"];
/// The platform's own, found by their names.
const PLATFORM: [(&str, &[&str]); 2] = [
    ("Default object storage credential", &["storage:read", "storage:write"]),
    ("Default AI gateway credential", &["ai_gateway:invoke"]),
];
const USER: &str = "user";
const PREFIX: &str = "nak_live_";
const COLUMNS: &str = "branch_id, token_id, token_id_short, name, scopes, principal_type, api_secret, \
                       s3_secret, created_at, last_used_at, revoked_at";

/// One credential on one branch.
struct Credential {
    branch_id: String,
    token_id: String,
    /// `None` is the first digits of the id.
    token_id_short: Option<String>,
    name: Option<String>,
    scopes: Vec<String>,
    principal_type: String,
    secrets: Option<Secrets>,
    created_at: String,
    last_used_at: Option<String>,
    revoked_at: Option<String>,
}

/// The parts of the secrets that are random.
struct Secrets {
    api: String,
    s3: String,
}

impl Secrets {
    fn new() -> Self {
        Self { api: ids::random_hex(24), s3: ids::random_hex(32) }
    }
}

impl Credential {
    fn new(world: &World<'_>, branch_id: &str, name: Option<&str>, scopes: &[&str]) -> Self {
        Self {
            branch_id: branch_id.to_owned(),
            token_id: format!("{PREFIX}{}", ids::random_hex(16)),
            token_id_short: None,
            name: name.map(str::to_owned),
            scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
            principal_type: USER.to_owned(),
            secrets: Some(Secrets::new()),
            created_at: world.at.text(),
            last_used_at: None,
            revoked_at: None,
        }
    }

    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let scopes: String = row.get(4)?;
        let (api, s3): (Option<String>, Option<String>) = (row.get(6)?, row.get(7)?);
        Ok(Self {
            branch_id: row.get(0)?,
            token_id: row.get(1)?,
            token_id_short: row.get(2)?,
            name: row.get(3)?,
            scopes: serde_json::from_str(&scopes).unwrap_or_default(),
            principal_type: row.get(5)?,
            secrets: api.zip(s3).map(|(api, s3)| Secrets { api, s3 }),
            created_at: row.get(8)?,
            last_used_at: row.get(9)?,
            revoked_at: row.get(10)?,
        })
    }

    /// Writes a new row, or the new state of an old one.
    fn save(&self, sql: &Connection) -> Result<(), rusqlite::Error> {
        sql.execute(
            "INSERT INTO credential (branch_id, token_id, token_id_short, name, scopes,
             principal_type, api_secret, s3_secret, created_at, last_used_at, revoked_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
             ON CONFLICT (branch_id, token_id) DO UPDATE SET api_secret = ?7, s3_secret = ?8,
             revoked_at = ?11",
            (
                &self.branch_id,
                &self.token_id,
                &self.token_id_short,
                &self.name,
                json!(self.scopes).to_string(),
                &self.principal_type,
                self.secrets.as_ref().map(|secrets| &secrets.api),
                self.secrets.as_ref().map(|secrets| &secrets.s3),
                &self.created_at,
                &self.last_used_at,
                &self.revoked_at,
            ),
        )?;
        Ok(())
    }

    fn is_platforms(&self) -> bool {
        self.name.as_deref().is_some_and(|name| PLATFORM.iter().any(|(known, _)| *known == name))
    }

    fn short(&self) -> String {
        let digits =
            || self.token_id.strip_prefix(PREFIX).unwrap_or(&self.token_id).chars().take(12).collect();
        self.token_id_short.clone().unwrap_or_else(digits)
    }

    /// As lists show it.
    fn json(&self) -> Value {
        let mut shown = json!({
            "token_id": self.token_id,
            "token_id_short": self.short(),
            "scopes": self.scopes,
            "principal_type": self.principal_type,
            "branch_id": self.branch_id,
            "created_at": self.created_at,
        });
        set(&mut shown, "name", self.name.as_deref());
        set(&mut shown, "last_used_at", self.last_used_at.as_deref());
        set(&mut shown, "revoked_at", self.revoked_at.as_deref());
        shown
    }

    /// Adds the secrets to an answer that shows them.
    fn add_secrets(&self, shown: &mut Value, secrets: &Secrets) {
        set(shown, "api_token", Some(format!("nt_live_{}_{}", self.short(), secrets.api)));
        set(shown, "s3_secret_access_key", Some(format!("nsk_live_{}", secrets.s3)));
    }
}

/// Gives a new branch the platform's credentials.
pub(super) fn start(world: &World<'_>, branch_id: &str) -> Result<(), ApiError> {
    for (name, scopes) in PLATFORM {
        Credential::new(world, branch_id, Some(name), scopes).save(world.sql)?;
    }
    Ok(())
}

fn all_of(sql: &Connection, branch_id: &str) -> Result<Vec<Credential>, ApiError> {
    Ok(sql
        .prepare_cached(&format!("SELECT {COLUMNS} FROM credential WHERE branch_id = ?1 ORDER BY rowid"))?
        .query_map([branch_id], Credential::read)?
        .collect::<Result<_, _>>()?)
}

/// The credential the path names, revoked or not, or 404.
fn of(call: &Call<'_>) -> Result<Credential, ApiError> {
    let (_, branch) = branch::of(call)?;
    call.world
        .sql
        .prepare_cached(&format!("SELECT {COLUMNS} FROM credential WHERE branch_id = ?1 AND token_id = ?2"))?
        .query_row([branch.id.as_str(), call.param("token_id")], Credential::read)
        .optional()?
        .ok_or_else(|| ApiError::absent("credential"))
}

/// The same, if it was not revoked.
fn live(call: &Call<'_>) -> Result<Credential, ApiError> {
    let found = of(call)?;
    if found.revoked_at.is_some() { Err(ApiError::absent("credential")) } else { Ok(found) }
}

fn list(call: &Call<'_>) -> Result<Reply, ApiError> {
    let (_, branch) = branch::of(call)?;
    let all = all_of(call.world.sql, &branch.id)?;
    let shown: Vec<Value> = all.iter().map(Credential::json).collect();
    Reply::ok(json!({ "credentials": shown }))
}

fn create(call: &Call<'_>) -> Result<Reply, ApiError> {
    let (_, branch) = branch::of(call)?;
    let mut fields = call.fields()?;
    let scopes = wanted_scopes(&mut fields)?;
    if fields.required::<&str>("principal_type")? != USER {
        return Err(fields.wrong("principal_type", "must be user"));
    }
    let name = fields.optional::<&str>("name")?;
    if name.is_some_and(|name| name.chars().count() > 256) {
        return Err(fields.wrong("name", "must have at most 256 characters"));
    }
    fields.done()?;
    let made = Credential::new(&call.world, &branch.id, name, &scopes);
    made.save(call.world.sql)?;
    Reply::created(issued(&made))
}

fn wanted_scopes<'a>(fields: &mut Fields<'a>) -> Result<Vec<&'a str>, ApiError> {
    let scopes = fields.strings("scopes")?.unwrap_or_default();
    if !(1..=16).contains(&scopes.len()) {
        return Err(fields.wrong("scopes", "must hold 1 to 16 scopes"));
    }
    match scopes.iter().find(|scope| !SCOPES.contains(scope)) {
        Some(scope) => Err(fields.wrong("scopes", &format!("holds {scope:?}, which cannot be asked for"))),
        None => Ok(scopes),
    }
}

/// A credential with its secrets, as they are shown when they are new.
fn issued(credential: &Credential) -> Value {
    let mut shown = credential.json();
    if let Some(secrets) = &credential.secrets {
        credential.add_secrets(&mut shown, secrets);
    }
    shown
}

fn reveal(call: &Call<'_>) -> Result<Reply, ApiError> {
    let found = live(call)?;
    call.fields()?.done()?;
    let secrets = found
        .secrets
        .as_ref()
        .ok_or_else(|| ApiError::conflict("the credential was issued before secrets were kept; rotate it"))?;
    let mut shown = json!({ "token_id": found.token_id });
    found.add_secrets(&mut shown, secrets);
    Reply::ok(shown)
}

fn rotate(call: &Call<'_>) -> Result<Reply, ApiError> {
    let mut found = live(call)?;
    call.fields()?.done()?;
    if found.principal_type != USER {
        return Err(ApiError::refused("only a user's credential can be rotated"));
    }
    found.secrets = Some(Secrets::new());
    found.save(call.world.sql)?;
    Reply::ok(issued(&found))
}

fn revoke(call: &Call<'_>) -> Result<Reply, ApiError> {
    let mut found = of(call)?;
    if found.revoked_at.is_none() {
        found.revoked_at = Some(call.world.at.text());
        found.save(call.world.sql)?;
    }
    Reply::nothing()
}

fn inherit(world: &World<'_>, lineage: &Lineage<'_>) -> Result<(), ApiError> {
    let child = &lineage.child.id;
    start(world, child)?;
    for mut credential in all_of(world.sql, &lineage.parent.id)? {
        if credential.revoked_at.is_none() && !credential.is_platforms() {
            credential.branch_id.clone_from(child);
            credential.save(world.sql)?;
        }
    }
    Ok(())
}
