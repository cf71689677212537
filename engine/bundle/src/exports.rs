//! What a module exports, made to be what its author meant.
//!
//! A CommonJS policy may say `exports.default` (spec 2.3). TypeScript lets `export { T } from "./types"` pass a type on
//! without saying that it is one, which no single file tells: only once the bundler misses the value is it known.

use std::collections::BTreeSet;

use oxc_allocator::Allocator;
use oxc_ast::ast::{ImportDeclarationSpecifier, ImportOrExportKind, Program, Statement};
use oxc_ast_visit::VisitMut;
use oxc_parser::Parser;
use oxc_span::{SPAN, SourceType, Span};

const LAST_LINE: &str = "module.exports = module.exports?.default ?? module.exports;";

/// Makes `exports.default` of a CommonJS module what the module exports.
pub(crate) fn prefer_default<'a>(allocator: &'a Allocator, program: &mut Program<'a>) {
    let is_module = program.body.iter().any(Statement::is_module_declaration);
    if is_module || !program.source_text.contains("exports") || !program.source_text.contains("default") {
        return;
    }
    let mut last = Parser::new(allocator, LAST_LINE, SourceType::cjs()).parse().program;
    Unplaced.visit_program(&mut last);
    program.body.extend(last.body);
}

/// Takes the places off code that is in no source.
struct Unplaced;

impl VisitMut<'_> for Unplaced {
    fn visit_span(&mut self, it: &mut Span) {
        *it = SPAN;
    }
}

/// Marks what a module passes on under these names of the modules it imports from as types.
///
/// Imports are left alone: one that is used as a value as well has to be missed still.
pub(crate) fn pass_on_as_types(program: &mut Program<'_>, names: &BTreeSet<String>) {
    let passed_on = imported_as(program, names);
    for statement in &mut program.body {
        let (specifiers, names) = match statement {
            Statement::ExportFromDeclaration(export) => (&mut export.specifiers, names),
            Statement::ExportNamedDeclaration(export) => (&mut export.specifiers, &passed_on),
            _ => continue,
        };
        for specifier in specifiers {
            if names.contains(specifier.local.name().as_str()) {
                specifier.export_kind = ImportOrExportKind::Type;
            }
        }
    }
}

/// The names under which a module imports `names`.
fn imported_as(program: &Program<'_>, names: &BTreeSet<String>) -> BTreeSet<String> {
    let mut locals = BTreeSet::new();
    for statement in &program.body {
        let Statement::ImportDeclaration(import) = statement else { continue };
        for specifier in import.specifiers.iter().flatten() {
            let (imported, local) = match specifier {
                ImportDeclarationSpecifier::ImportSpecifier(it) => (it.imported.name(), &it.local),
                ImportDeclarationSpecifier::ImportDefaultSpecifier(it) => ("default".into(), &it.local),
                ImportDeclarationSpecifier::ImportNamespaceSpecifier(_) => continue,
            };
            if names.contains(imported.as_str()) {
                locals.insert(local.name.to_string());
            }
        }
    }
    locals
}
