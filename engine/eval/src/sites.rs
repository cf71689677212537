//! Where in the sources a module is imported; asked only once the import is refused.
//!
//! A bundle says what it imports from outside, but not where that was written: the bundler gathers those
//! imports at its top. So the files that went into the bundle are parsed again.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use neonform_bundle::Input;
use neonform_engine::node::Position;
use oxc_allocator::Allocator;
use oxc_ast::ast::{
    Argument, CallExpression, ExportAllDeclaration, ExportFromDeclaration, Expression, ImportDeclaration,
    ImportExpression, StringLiteral,
};
use oxc_ast_visit::{Visit, walk};
use oxc_parser::Parser;
use oxc_span::SourceType;

use crate::places::{Offset, Places};

/// The first place among `inputs` that imports `specifier`, a built-in module with or without `node:`.
pub(crate) fn find(root: &Path, inputs: &[Input], specifier: &str) -> Option<Position> {
    // A package is the less likely culprit to be able to do something about.
    let (packages, own): (Vec<_>, Vec<_>) =
        inputs.iter().partition(|input| input.path.contains("node_modules/"));
    own.into_iter().chain(packages).find_map(|input| {
        let text = fs::read_to_string(root.join(&input.path)).ok()?;
        let offset = site(&input.path, &text, specifier)?;
        let place = Places::new(&text, vec![offset]).of(offset);
        Some(Position { file: Arc::from(input.path.as_str()), line: place.line, column: place.column })
    })
}

fn site(path: &str, text: &str, specifier: &str) -> Option<Offset> {
    let bare = specifier.strip_prefix("node:").unwrap_or(specifier);
    if !text.contains(bare) {
        return None;
    }
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, text, SourceType::from_path(path).ok()?).parse();
    let mut finder = Finder { bare, found: None };
    finder.visit_program(&parsed.program);
    finder.found
}

struct Finder<'s> {
    bare: &'s str,
    found: Option<Offset>,
}

impl Finder<'_> {
    fn note(&mut self, source: &StringLiteral<'_>) {
        let value = source.value.as_str();
        if value.strip_prefix("node:").unwrap_or(value) == self.bare {
            self.found.get_or_insert(source.span.start);
        }
    }
}

impl<'a> Visit<'a> for Finder<'_> {
    fn visit_import_declaration(&mut self, it: &ImportDeclaration<'a>) {
        self.note(&it.source);
    }

    fn visit_export_from_declaration(&mut self, it: &ExportFromDeclaration<'a>) {
        self.note(&it.source);
    }

    fn visit_export_all_declaration(&mut self, it: &ExportAllDeclaration<'a>) {
        self.note(&it.source);
    }

    fn visit_import_expression(&mut self, it: &ImportExpression<'a>) {
        if let Expression::StringLiteral(source) = &it.source {
            self.note(source);
        }
        walk::walk_import_expression(self, it);
    }

    fn visit_call_expression(&mut self, it: &CallExpression<'a>) {
        if it.callee.is_specific_id("require")
            && let Some(Argument::StringLiteral(source)) = it.arguments.first()
        {
            self.note(source);
        }
        walk::walk_call_expression(self, it);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, text: &str, expected: Option<Offset>) {
        assert_eq!(site(path, text, "node:net"), expected, "{text}");
    }

    #[test]
    fn every_way_to_import_is_found() {
        check("a.ts", "import type { X } from 'x'; import { a } from 'node:net';", Some(46));
        check("a.mjs", "export * from 'net';", Some(14));
        check("a.js", "import('net')", Some(7));
        check("a.cjs", "const n = f(require('net'))", Some(20));
        check("a.ts", "const net = 'net';", None);
        check("a.json", "{\"net\": 1}", None);
    }
}
