//! What is sent for Neon Auth.

use neonform_engine::address::Address;
use neonform_engine::diagnostic::Failure;
use neonform_engine::kind::{Driver, Outputs, Prior, Seen};
use serde_json::json;

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

impl Driver<Scope> for Auth {
    async fn read(&self, scope: &Scope) -> Result<Vec<(String, AuthLive)>, Failure> {
        let (database, enabled) = futures::join!(scope.database(), scope.has_auth());
        Ok(vec![(String::new(), AuthLive { enabled: enabled?, database: database? })])
    }

    async fn look(&self, scope: &Scope, _names: &[&str], attempt: u32) -> Result<Seen<AuthLive>, Failure> {
        scope.before_look(attempt).await?;
        let live = AuthLive { enabled: scope.read_auth().await?, database: scope.database().await? };
        Ok(Some(vec![(String::new(), live)]))
    }

    async fn apply(
        &self,
        scope: &Scope,
        _address: &Address,
        operation: Operation,
        _prior: &Prior,
    ) -> Result<Outputs, Failure> {
        let Operation::Enable(database) = operation;
        let body = json!({ "auth_provider": "better_auth", "database_name": database });
        let request = Request::post("enableNeonAuth", scope.in_branch(&["auth"])).json(body);
        // Somebody enabling it at the same time is success (API spec 6.7).
        scope.client.send_unless_exists(request).await?;
        Ok(Outputs::new())
    }
}
