//! What a file is to the bundler, by its extension.

use std::path::Path;

use rolldown_common::ModuleType;

/// What a bundle is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Evaluated once by the embedded engine: every module runs and knows its own place.
    Policy,
    /// Deployed: what is unused is dropped, and every module is where the bundle is.
    Function,
}

/// What a file is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A module.
    Module(ModuleType),
    /// A style sheet, which goes into a file of its own.
    Style,
    /// Anything else.
    Unsupported,
}

/// What `file` is to a bundle for `purpose`. Functions may import what the reference's bundler knows (spec 6.2).
pub(crate) fn of(file: &Path, purpose: Purpose) -> Kind {
    let extension = file.extension().map(|extension| extension.to_string_lossy());
    Kind::Module(match (extension.as_deref(), purpose) {
        (Some("ts" | "mts" | "cts"), _) => ModuleType::Ts,
        (Some("tsx"), _) => ModuleType::Tsx,
        (Some("js" | "mjs" | "cjs") | None, _) => ModuleType::Js,
        (Some("jsx"), _) => ModuleType::Jsx,
        (Some("json"), _) => ModuleType::Json,
        (Some("txt"), Purpose::Function) => ModuleType::Text,
        (Some("css"), Purpose::Function) => return Kind::Style,
        (Some(_), _) => return Kind::Unsupported,
    })
}

impl Kind {
    /// Whether it is TypeScript.
    pub(crate) fn is_typescript(&self) -> bool {
        matches!(self, Self::Module(ModuleType::Ts | ModuleType::Tsx))
    }

    /// Whether it is parsed as a program.
    pub(crate) fn is_program(&self) -> bool {
        !matches!(self, Self::Module(ModuleType::Json | ModuleType::Text) | Self::Style)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_policy_cannot_import_a_function_sometimes_can() {
        let kind = |name: &str, purpose| of(Path::new(name), purpose);
        assert_eq!(kind("a.mts", Purpose::Policy), Kind::Module(ModuleType::Ts));
        assert_eq!(kind("bin/run", Purpose::Policy), Kind::Module(ModuleType::Js));
        assert_eq!(kind("a.css", Purpose::Policy), Kind::Unsupported);
        assert_eq!(kind("a.css", Purpose::Function), Kind::Style);
        for name in ["a.wasm", "a.node", "a.png", "a.yaml"] {
            assert_eq!(kind(name, Purpose::Function), Kind::Unsupported);
        }
    }
}
