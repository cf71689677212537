//! What a module asks for, by parsing it: other modules by name, and whether it looks for files in ways that
//! parsing does not tell.

use std::path::Path;

use oxc_allocator::Allocator;
use oxc_ast::ast::{
    Argument, CallExpression, ExportAllDeclaration, ExportFromDeclaration, Expression, IdentifierReference,
    ImportDeclaration, ImportExpression, ImportMeta, NewExpression,
};
use oxc_ast_visit::{Visit, walk};
use oxc_parser::Parser;
use oxc_span::SourceType;

use crate::resolve::Form;
use crate::sites::fixed;

/// What one module asks for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Requests {
    /// Modules by specifier.
    pub(super) modules: Vec<(Form, String)>,
    /// Whether it may reach files that are not named: a computed name, or its own place on disk.
    pub(super) open_ended: bool,
}

/// Reads a module; one that does not parse may reach anything.
pub(super) fn of(file: &Path, text: &str) -> Requests {
    let allocator = Allocator::default();
    let kind = SourceType::from_path(file).unwrap_or_default().with_module(true);
    let mut parsed = Parser::new(&allocator, text, kind).parse();
    if parsed.panicked {
        parsed = Parser::new(&allocator, text, SourceType::cjs()).parse();
    }
    let mut requests = Requests { open_ended: parsed.panicked, ..Requests::default() };
    requests.visit_program(&parsed.program);
    requests
}

impl Requests {
    fn by_name(&mut self, form: Form, name: &Expression<'_>) {
        match fixed(name) {
            Some(name) => self.modules.push((form, name.to_owned())),
            None => self.open_ended = true,
        }
    }
}

impl<'a> Visit<'a> for Requests {
    fn visit_import_declaration(&mut self, it: &ImportDeclaration<'a>) {
        self.modules.push((Form::Import, it.source.value.to_string()));
    }

    fn visit_export_from_declaration(&mut self, it: &ExportFromDeclaration<'a>) {
        self.modules.push((Form::Import, it.source.value.to_string()));
    }

    fn visit_export_all_declaration(&mut self, it: &ExportAllDeclaration<'a>) {
        self.modules.push((Form::Import, it.source.value.to_string()));
    }

    fn visit_import_expression(&mut self, it: &ImportExpression<'a>) {
        self.by_name(Form::Import, &it.source);
        walk::walk_import_expression(self, it);
    }

    fn visit_call_expression(&mut self, it: &CallExpression<'a>) {
        let asks = match &it.callee {
            Expression::StaticMemberExpression(member) => {
                member.object.is_specific_id("require") && member.property.name == "resolve"
            }
            callee => callee.is_specific_id("require"),
        };
        if asks && let Some(name) = it.arguments.first().and_then(Argument::as_expression) {
            self.by_name(Form::Require, name);
            it.arguments.iter().for_each(|argument| self.visit_argument(argument));
        } else {
            walk::walk_call_expression(self, it);
        }
    }

    fn visit_new_expression(&mut self, it: &NewExpression<'a>) {
        let place = |argument: &Argument<'a>| {
            matches!(argument, Argument::StaticMemberExpression(member)
                if matches!(member.object, Expression::ImportMeta(_)) && member.property.name == "url")
        };
        if it.callee.is_specific_id("URL")
            && let [first, second] = it.arguments.as_slice()
            && place(second)
            && let Some(name) = first.as_expression()
        {
            self.by_name(Form::Import, name);
            return;
        }
        walk::walk_new_expression(self, it);
    }

    fn visit_identifier_reference(&mut self, it: &IdentifierReference<'a>) {
        self.open_ended |= matches!(it.name.as_str(), "__dirname" | "__filename");
    }

    fn visit_import_meta(&mut self, _: &ImportMeta) {
        self.open_ended = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(text: &str) -> (Vec<String>, bool) {
        let found = of(Path::new("a.js"), text);
        (found.modules.into_iter().map(|(_, name)| name).collect(), found.open_ended)
    }

    #[test]
    fn names_are_found_in_every_shape() {
        let text = "import 'a'; import b from 'b'; export * from 'c'; export { d } from 'd';\n\
                    import('e'); require('f'); require.resolve('g'); new URL('./h.wasm', import.meta.url);";
        let names = ["a", "b", "c", "d", "e", "f", "g", "./h.wasm"].map(str::to_owned).to_vec();
        assert_eq!(asked(text), (names, false));
    }

    #[test]
    fn what_cannot_be_told_is_open_ended() {
        for text in ["require(name)", "import(`./${x}`)", "__dirname", "import.meta.url", "a b c"] {
            assert!(asked(text).1, "{text}");
        }
        assert!(!asked("with (x) { return }").1);
    }
}
