//! `neonform functions delete`. What leads to the function stays on the platform (API spec 10), and is named.

use neonform_engine::diagnostic::Failure;
use neonform_engine::kind::Kind;
use neonform_neon::function::{Function, manage};
use neonform_neon::trigger::Trigger;
use neonform_neon::{domain, trigger};

use super::Ending;
use super::show::require;
use crate::args::FunctionDeleteArgs;
use crate::on_branch::{OnBranch, on_branch};
use crate::output::deletion::deleted;
use crate::output::text::printable;
use crate::session::Session;
use crate::{consent, print};

/// Deletes a function.
pub(super) async fn run(session: &Session, args: &FunctionDeleteArgs) -> Result<Ending, Failure> {
    on_branch(session, async |branch: OnBranch| {
        consent::check(&branch.target, args.deletion.consent)?;
        let slug = require(&branch, &args.slug).await?.read.slug;
        consent::deletion(&format!("function {slug} from branch {}", branch.target.name), args.deletion)?;
        manage::delete(&branch.scope, &slug).await?;
        let left = leading_to(&branch, &slug).await;
        deleted(session, "functions delete", &branch.target, Function::NAME, &slug);
        if !left.is_empty() && !session.global.quiet {
            print::note(&printable(&format!("What led to it is still there: {}", left.join(", "))));
        }
        Ok(Ending::Done)
    })
    .await
}

/// The triggers and domains that lead to a function; those that cannot be read are not missed.
async fn leading_to(branch: &OnBranch, slug: &str) -> Vec<String> {
    let (triggers, domains) =
        futures::join!(trigger::manage::list(&branch.scope), domain::manage::list(&branch.scope));
    let triggers = triggers.unwrap_or_default().into_iter().map(|trigger| trigger.read);
    let triggers = triggers.filter(|found| found.function_slug == slug).map(|found| found.name);
    let domains = domains.unwrap_or_default().into_iter().map(|domain| domain.read);
    let domains = domains.filter(|found| found.leads_to(slug)).map(|found| found.domain);
    let triggers = triggers.map(|name| format!("{} {name}", Trigger::NAME));
    triggers.chain(domains).collect()
}
