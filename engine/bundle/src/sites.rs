//! Where in a file something is imported, asked only once an import has failed.
//!
//! A bundler's hook is told the specifier and the importer but not the place, so the importer is parsed
//! again. The same walk tells whether the author reckons with the failure: an import inside `try`, or an
//! `import()` with a `catch`, is how optional packages are written.

use std::path::Path;

use oxc_allocator::Allocator;
use oxc_ast::ast::{
    Argument, CallExpression, ExportAllDeclaration, ExportFromDeclaration, Expression, ImportDeclaration,
    ImportExpression, StringLiteral, TSExternalModuleReference, TryStatement,
};
use oxc_ast_visit::{Visit, walk};
use oxc_parser::Parser;
use oxc_span::{GetSpan, SourceType, Span};

use crate::resolve::Form;

/// The imports of one specifier in one file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Sites {
    /// Line and column of the first one, from 1, columns in UTF-16 code units.
    pub(crate) first: Option<(u32, u32)>,
    /// Whether every one of them reckons with failure.
    pub(crate) guarded: bool,
}

/// Finds the imports of `specifier` in the text of `file`.
pub(crate) fn find(file: &Path, text: &str, specifier: &str, form: Form) -> Sites {
    let allocator = Allocator::default();
    let kind = SourceType::from_path(file).unwrap_or_default();
    let parsed = Parser::new(&allocator, text, kind).parse();
    let mut finder = Finder { specifier, form, tries: 0, found: Vec::new() };
    finder.visit_program(&parsed.program);
    let first = finder.found.iter().map(|site| site.offset).min();
    Sites {
        first: first.map(|offset| place(text, offset)),
        guarded: !finder.found.is_empty() && finder.found.iter().all(|site| site.guarded),
    }
}

/// Line and column of a byte offset, from 1, columns in UTF-16 code units.
pub(crate) fn place(text: &str, offset: u32) -> (u32, u32) {
    let mut end = usize::try_from(offset).unwrap_or(usize::MAX).min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let before = &text[..end];
    let line = before.rsplit_once('\n').map_or(before, |(_, line)| line);
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    (count(before.matches('\n').count() + 1), count(line.encode_utf16().count() + 1))
}

struct Site {
    offset: u32,
    guarded: bool,
}

struct Finder<'s> {
    specifier: &'s str,
    form: Form,
    tries: u32,
    found: Vec<Site>,
}

impl Finder<'_> {
    fn note(&mut self, form: Form, specifier: &str, span: Span, guarded: bool) {
        if form == self.form && specifier == self.specifier {
            self.found.push(Site { offset: span.start, guarded });
        }
    }

    fn note_static(&mut self, source: &StringLiteral<'_>) {
        self.note(Form::Import, &source.value, source.span, false);
    }

    fn note_dynamic(&mut self, import: &ImportExpression<'_>, guarded: bool) {
        if let Some(specifier) = fixed(&import.source) {
            self.note(Form::Import, specifier, import.source.span(), guarded || self.tries > 0);
        }
    }
}

impl<'a> Visit<'a> for Finder<'_> {
    fn visit_import_declaration(&mut self, it: &ImportDeclaration<'a>) {
        if it.import_kind.is_value() {
            self.note_static(&it.source);
        }
    }

    fn visit_export_from_declaration(&mut self, it: &ExportFromDeclaration<'a>) {
        if it.export_kind.is_value() {
            self.note_static(&it.source);
        }
    }

    fn visit_export_all_declaration(&mut self, it: &ExportAllDeclaration<'a>) {
        if it.export_kind.is_value() {
            self.note_static(&it.source);
        }
    }

    fn visit_ts_external_module_reference(&mut self, it: &TSExternalModuleReference<'a>) {
        self.note(Form::Require, &it.expression.value, it.expression.span, false);
    }

    fn visit_try_statement(&mut self, it: &TryStatement<'a>) {
        let caught = u32::from(it.handler.is_some());
        self.tries += caught;
        self.visit_block_statement(&it.block);
        self.tries -= caught;
        if let Some(handler) = &it.handler {
            self.visit_catch_clause(handler);
        }
        if let Some(finalizer) = &it.finalizer {
            self.visit_block_statement(finalizer);
        }
    }

    fn visit_call_expression(&mut self, it: &CallExpression<'a>) {
        if it.callee.is_specific_id("require")
            && let Some(argument) = it.arguments.first().and_then(Argument::as_expression)
            && let Some(specifier) = fixed(argument)
        {
            self.note(Form::Require, specifier, argument.span(), self.tries > 0);
        }
        if let Expression::StaticMemberExpression(member) = &it.callee
            && let Expression::ImportExpression(import) = &member.object
        {
            let takes_failure = match member.property.name.as_str() {
                "catch" => true,
                "then" => it.arguments.len() > 1,
                _ => false,
            };
            self.note_dynamic(import, takes_failure);
            self.visit_arguments(&it.arguments);
            return;
        }
        walk::walk_call_expression(self, it);
    }

    fn visit_import_expression(&mut self, it: &ImportExpression<'a>) {
        self.note_dynamic(it, false);
        walk::walk_import_expression(self, it);
    }
}

/// The text of an expression that is always the same.
pub(crate) fn fixed<'e>(expression: &'e Expression<'_>) -> Option<&'e str> {
    match expression {
        Expression::StringLiteral(literal) => Some(&literal.value),
        Expression::TemplateLiteral(template) => template.single_quasi().map(|text| text.as_str()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sites(text: &str, form: Form) -> Sites {
        find(Path::new("a.ts"), text, "./x", form)
    }

    #[test]
    fn an_import_is_found_in_each_of_its_shapes() {
        for text in [
            "import './x'",
            "import type { B } from './x'; import { a } from './x'",
            "export * from './x'",
            "export { a } from './x'",
            "await import(`./x`)",
        ] {
            assert!(sites(text, Form::Import).first.is_some(), "{text}");
        }
        assert_eq!(sites("const a = require('./x')", Form::Require).first, Some((1, 19)));
        assert!(sites("import a = require('./x')", Form::Require).first.is_some());
    }

    #[test]
    fn type_only_imports_and_other_forms_do_not_count() {
        assert_eq!(sites("import type { A } from './x'", Form::Import), Sites::default());
        assert_eq!(sites("require('./x')", Form::Import), Sites::default());
    }

    #[test]
    fn a_guarded_import_reckons_with_failure() {
        for (text, form, guarded) in [
            ("try { require('./x') } catch {}", Form::Require, true),
            ("try { require('./x') } finally {}", Form::Require, false),
            ("try {} catch { require('./x') }", Form::Require, false),
            ("try { await import('./x') } catch {}", Form::Import, true),
            ("import('./x').catch(() => {})", Form::Import, true),
            ("import('./x').then(a, b)", Form::Import, true),
            ("import('./x').then(a)", Form::Import, false),
            ("import './x'; import('./x').catch(() => {})", Form::Import, false),
        ] {
            assert_eq!(sites(text, form).guarded, guarded, "{text}");
        }
    }

    #[test]
    fn columns_count_utf16_code_units() {
        assert_eq!(place("a\n\u{1f600}é!", 8), (2, 4));
        assert_eq!(sites("\n/* \u{1f600} */ import './x'", Form::Import).first, Some((2, 17)));
    }
}
