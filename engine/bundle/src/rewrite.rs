//! What a policy's modules say about their own place, made to survive being merged into one file.
//!
//! `import.meta.url`, `.dirname`, `.filename`, `__dirname` and `__filename` become strings with the place of the
//! module they stand in. `import(x)` with a specifier that only evaluation can tell becomes
//! `globalThis.__neonform_import("importer.ts", x)`, the importer relative to the repository; the evaluator
//! defines that function. This works on the parsed module, so the source map needs no care. Free names are
//! told from declared ones by `is_free`, which the caller has from the scopes.

use std::fmt::Write;
use std::path::Path;

use oxc_allocator::{Allocator, ArenaVec, GetAllocator, TakeIn};
use oxc_ast::ast::{
    Argument, Expression, IdentifierName, IdentifierReference, ImportExpression, ObjectProperty,
    ObjectPropertyKind, PropertyKey, PropertyKind,
};
use oxc_ast::builder::{AstBuilder, GetAstBuilder};
use oxc_ast_visit::{VisitMut, walk_mut};
use oxc_span::{SPAN, Span};

/// The global function that a policy's bundle calls for `import()` of a computed specifier, with the importer
/// relative to the repository, the specifier, and the options if there are any. The evaluator supplies it.
pub const IMPORT_FUNCTION: &str = "__neonform_import";

/// The place of a module before bundling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// Relative to the repository.
    pub(crate) name: String,
    /// As a `file:` URL.
    pub(crate) url: String,
    /// The absolute path.
    pub(crate) filename: String,
    /// The absolute path of its directory.
    pub(crate) dirname: String,
}

impl Place {
    fn meta(&self, property: &str) -> Option<&str> {
        match property {
            "url" => Some(&self.url),
            "filename" => Some(&self.filename),
            "dirname" => Some(&self.dirname),
            _ => None,
        }
    }

    fn variable(&self, name: &str) -> Option<&str> {
        match name {
            "__filename" => Some(&self.filename),
            "__dirname" => Some(&self.dirname),
            _ => None,
        }
    }
}

/// An absolute path as a `file:` URL.
pub(crate) fn file_url(file: &Path) -> String {
    let path = file.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/");
    let mut url = String::from(if path.starts_with('/') { "file://" } else { "file:///" });
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/:@!$&'()*+,;=".contains(&byte) {
            url.push(char::from(byte));
        } else {
            let _ = write!(url, "%{byte:02X}");
        }
    }
    url
}

/// Whether a module can hold anything to rewrite, by its text alone.
pub(crate) fn may_apply(text: &str) -> bool {
    text.contains("__dirname")
        || text.contains("__filename")
        || text
            .match_indices("import")
            .any(|(at, word)| text[at + word.len()..].trim_start().starts_with(['(', '.', '/']))
}

/// Rewrites one parsed module.
pub(crate) struct Rewriter<'a, 'p, F> {
    builder: AstBuilder<'a>,
    place: &'p Place,
    is_free: F,
}

impl<'a, 'p, F: Fn(&IdentifierReference<'_>) -> bool> Rewriter<'a, 'p, F> {
    /// A rewriter for the module at `place`.
    pub(crate) fn new(allocator: &'a Allocator, place: &'p Place, is_free: F) -> Self {
        Self { builder: AstBuilder::new(allocator), place, is_free }
    }

    fn text(&self, span: Span, value: &str) -> Expression<'a> {
        let value = self.allocator().alloc_str(value);
        Expression::new_string_literal(span, value, None, self)
    }

    /// `import.meta` as a whole: an object with the three properties.
    fn meta(&self, span: Span) -> Expression<'a> {
        let properties = ["url", "filename", "dirname"].map(|name| {
            let value = self.text(SPAN, self.place.meta(name).unwrap_or_default());
            let key = PropertyKey::StaticIdentifier(IdentifierName::boxed(SPAN, name, self));
            ObjectPropertyKind::new_object_property(
                SPAN,
                PropertyKind::Init,
                key,
                value,
                false,
                false,
                false,
                self,
            )
        });
        Expression::new_object_expression(span, ArenaVec::from_array_in(properties, self), self)
    }

    fn computed_import(&self, import: &mut ImportExpression<'a>) -> Expression<'a> {
        let global = Expression::new_identifier(SPAN, "globalThis", self);
        let property = IdentifierName::new(SPAN, IMPORT_FUNCTION, self);
        let callee = Expression::new_static_member_expression(import.span, global, property, false, self);
        let mut arguments = ArenaVec::from_array_in(
            [Argument::from(self.text(SPAN, &self.place.name)), Argument::from(import.source.take_in(self))],
            self,
        );
        arguments.extend(import.options.take().map(Argument::from));
        Expression::new_call_expression(import.span, callee, None, arguments, false, self)
    }

    /// `import.meta.url` and its siblings, which have to be seen before `import.meta` becomes an object.
    fn meta_property(&self, it: &Expression<'a>) -> Option<Expression<'a>> {
        let Expression::StaticMemberExpression(member) = it else { return None };
        if !matches!(member.object, Expression::ImportMeta(_)) {
            return None;
        }
        Some(self.text(member.span, self.place.meta(member.property.name.as_str())?))
    }

    fn replacement(&self, it: &mut Expression<'a>) -> Option<Expression<'a>> {
        match it {
            Expression::Identifier(name) => {
                let value = self.place.variable(name.name.as_str())?;
                (self.is_free)(name).then(|| self.text(name.span, value))
            }
            Expression::ImportMeta(meta) => Some(self.meta(meta.span)),
            Expression::ImportExpression(import) => match &import.source {
                Expression::StringLiteral(_) => None,
                Expression::TemplateLiteral(template) if template.is_no_substitution_template() => None,
                _ => Some(self.computed_import(import)),
            },
            _ => None,
        }
    }
}

impl<'a, F> GetAstBuilder<'a> for Rewriter<'a, '_, F> {
    type Builder = AstBuilder<'a>;

    fn builder(&self) -> &AstBuilder<'a> {
        &self.builder
    }
}

impl<'a, F> GetAllocator<'a> for Rewriter<'a, '_, F> {
    fn allocator(&self) -> &'a Allocator {
        self.builder.allocator()
    }
}

impl<'a, F: Fn(&IdentifierReference<'_>) -> bool> VisitMut<'a> for Rewriter<'a, '_, F> {
    fn visit_expression(&mut self, it: &mut Expression<'a>) {
        if let Some(text) = self.meta_property(it) {
            *it = text;
            return;
        }
        // Children first: the specifier of a computed import may itself speak of the module's place.
        walk_mut::walk_expression(self, it);
        if let Some(replacement) = self.replacement(it) {
            *it = replacement;
        }
    }

    fn visit_object_property(&mut self, it: &mut ObjectProperty<'a>) {
        walk_mut::walk_object_property(self, it);
        // `{ __dirname }` is no shorthand any more once the value is a string.
        it.shorthand &= matches!(it.value, Expression::Identifier(_));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_without_the_words_is_not_looked_at() {
        assert!(!may_apply("import a from './a'; const imported = a.dirname;"));
        for text in [
            "import.meta.url",
            "import (x)",
            "import /* why */ (x)",
            "import\n.meta",
            "__dirname",
            "__filename",
        ] {
            assert!(may_apply(text), "{text}");
        }
    }

    #[test]
    fn what_a_url_cannot_hold_is_escaped() {
        assert_eq!(file_url(Path::new("/a b/\u{e9}#?%.ts")), "file:///a%20b/%C3%A9%23%3F%25.ts");
        assert_eq!(
            file_url(Path::new("/node_modules/@scope/a-b_c~d.js")),
            "file:///node_modules/@scope/a-b_c~d.js"
        );
    }
}
