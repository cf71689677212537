//! The AI Gateway: a toggle that provisions nothing (spec 4.4).
//!
//! Claims `aiGateway` (and `preview.aiGateway`). It only decides which credential a branch's
//! environment has, so it declares no resource.

use neonform_engine::kind::{Declared, Section};
use neonform_engine::path::Path;
use neonform_engine::policy::Policy;

use crate::homes::{has_preview, homes};
use crate::toggle::is_on;

/// The AI Gateway's part of the language.
pub struct AiGateway;

impl Section for AiGateway {
    const NAME: &'static str = "ai_gateway";

    fn declare(&self, policy: &Policy<'_>) -> Declared<()> {
        let mut declared = Declared::default();
        let Some(root) = policy.root() else { return declared };
        let homes = homes(&root, "aiGateway", "preview.aiGateway");
        let on: Vec<bool> = homes.iter().map(is_on).collect();
        let on = on.first() == Some(&true);
        declared.service = on.then_some("AI Gateway");
        if has_preview(&root) {
            declared.resolved.push((Path::root().key("preview").key("aiGatewayEnabled"), on.into()));
        }
        declared
    }
}
