//! Modules that exist in no file: their ids and their code.
//!
//! A built-in module that is `require`d is imported instead, since a policy has no `require`. A module that is
//! missing becomes one that throws what Node would throw: the bundle fails anyway unless the author reckons with
//! it, as with an optional package.

use rolldown_common::ModuleType;
use rolldown_plugin::{HookLoadOutput, HookResolveIdOutput};

const PREFIX: &str = "\0neonform:";

/// Which module is made up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StandIn {
    /// An import of an external module, for a `require`.
    Required,
    /// A module that throws.
    Missing,
}

impl StandIn {
    fn word(self) -> &'static str {
        match self {
            Self::Required => "require:",
            Self::Missing => "missing:",
        }
    }

    /// The module for `specifier`.
    pub(crate) fn of(self, specifier: &str) -> HookResolveIdOutput {
        HookResolveIdOutput::from_id(format!("{PREFIX}{}{specifier}", self.word()))
    }
}

/// Whether an id is that of a made-up module.
pub(crate) fn is_made_up(id: &str) -> bool {
    id.starts_with(PREFIX)
}

/// The module behind an id, if it is a made-up one.
pub(crate) fn load(id: &str) -> Option<HookLoadOutput> {
    let rest = id.strip_prefix(PREFIX)?;
    let code = if let Some(specifier) = rest.strip_prefix(StandIn::Required.word()) {
        required(specifier)
    } else {
        missing(rest.strip_prefix(StandIn::Missing.word())?)
    };
    Some(HookLoadOutput { code: code.into(), module_type: Some(ModuleType::Js), ..HookLoadOutput::default() })
}

/// The bundler answers a `require` of a module with its export called `module.exports`, as Node does.
fn required(specifier: &str) -> String {
    let clause = if specifier.starts_with("node:") { "it" } else { "* as it" };
    format!("import {clause} from {};\nexport {{ it as \"module.exports\" }};\n", literal(specifier))
}

fn missing(specifier: &str) -> String {
    let message = literal(&format!("Cannot find module {}", literal(specifier)));
    format!("throw module.exports = Object.assign(new Error({message}), {{ code: \"MODULE_NOT_FOUND\" }});\n")
}

fn literal(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(stand_in: StandIn, specifier: &str) -> String {
        load(&stand_in.of(specifier).id).expect("made up").code.to_string()
    }

    #[test]
    fn a_builtin_gives_its_default_export_and_another_module_its_namespace() {
        assert!(code(StandIn::Required, "node:path").starts_with("import it from \"node:path\""));
        assert!(code(StandIn::Required, "neonform:config").starts_with("import * as it from"));
    }

    #[test]
    fn what_is_missing_is_quoted_whatever_it_is() {
        assert!(code(StandIn::Missing, "a\"\n\\").contains(r#""Cannot find module \"a\\\"\\n\\\\\"""#));
    }

    #[test]
    fn other_ids_are_not_ours() {
        assert!(load("\0rolldown/runtime.js").is_none());
        assert!(is_made_up(&StandIn::Missing.of("x").id) && !is_made_up("/x"));
    }
}
