//! What is sent for Neon Auth.

use neonform_engine::address::Address;
use neonform_engine::diagnostic::Failure;
use neonform_engine::kind::{Driver, Outputs};
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::spec::{Auth, Operation};
use crate::client::Request;
use crate::scope::Scope;

/// The integration as reported, and the database that it has or would have.
#[derive(Debug, Clone)]
pub struct AuthLive {
    /// Whether the branch has the integration.
    pub enabled: bool,
    /// The database to enable it with.
    pub database: String,
}

#[derive(Deserialize)]
struct Databases {
    databases: Vec<Database>,
}

#[derive(Deserialize)]
struct Database {
    name: String,
}

impl Driver<Scope> for Auth {
    async fn read(&self, scope: &Scope) -> Result<Vec<(String, AuthLive)>, Failure> {
        let databases = Request::get("listBranchDatabases", scope.in_branch(&["databases"]));
        let auth = Request::get("getNeonAuth", scope.in_branch(&["auth"]));
        let (databases, auth) =
            futures::join!(scope.client.send::<Databases>(databases), scope.client.find::<Json>(auth));
        let database = choose(databases?.databases.into_iter().map(|database| database.name).collect());
        Ok(vec![(String::new(), AuthLive { enabled: auth?.is_some(), database })])
    }

    async fn apply(
        &self,
        scope: &Scope,
        _address: &Address,
        operation: Operation,
    ) -> Result<Outputs, Failure> {
        let Operation::Enable(database) = operation;
        let body = json!({ "auth_provider": "better_auth", "database_name": database });
        let request = Request::post("enableNeonAuth", scope.in_branch(&["auth"])).json(body);
        // Somebody enabling it at the same time is success (API spec 6.7).
        scope.client.send_unless_exists(request).await?;
        Ok(Outputs::new())
    }
}

/// The only database, else `neondb`, else the first; `neondb` when there are none (spec 4.1).
fn choose(names: Vec<String>) -> String {
    let conventional = names.iter().position(|name| name == "neondb").unwrap_or(0);
    names.into_iter().nth(conventional).unwrap_or_else(|| "neondb".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_conventional_database_wins() {
        let choose = |names: &[&str]| choose(names.iter().map(ToString::to_string).collect());
        assert_eq!(choose(&[]), "neondb");
        assert_eq!(choose(&["only"]), "only");
        assert_eq!(choose(&["analytics", "neondb"]), "neondb");
        assert_eq!(choose(&["b", "a"]), "b");
    }
}
