//! Makes a bundle remember where its objects are written: text in, text and a table of places out.
//!
//! Every object and array literal becomes `(at(N,{...}))` and every thrown expression `(thrown(N,(...)))`; the
//! numbers index the table. Nothing else of the text changes, no line break is added, and the table of
//! insertions leads from a place in the result back to the bundle. A bundle that does not parse is left alone.

use oxc_allocator::Allocator;
use oxc_ast::ast::{
    ArrayExpression, ArrayExpressionElement, ExportAllDeclaration, ExportFromDeclaration, ImportDeclaration,
    ImportDeclarationSpecifier, ObjectExpression, ObjectPropertyKind, StringLiteral, ThrowStatement,
};
use oxc_ast_visit::{Visit, walk};
use oxc_parser::Parser;
use oxc_span::{GetSpan, SourceType, Span};

use crate::places::{Offset, Place, Places};

/// The module that gives a bundle the functions its literals are wrapped in.
pub(crate) const RECORD: &str = "neonform:record";

/// A bundle after instrumentation.
#[derive(Debug, Default)]
pub(crate) struct Instrumented {
    /// The text to evaluate.
    pub(crate) code: String,
    /// What was inserted, in the order of the text.
    pub(crate) inserted: Vec<Insertion>,
    /// The literals, by their number less the first one.
    pub(crate) literals: Vec<Literal>,
    /// The thrown expressions, by their number less the first one.
    pub(crate) throws: Vec<Place>,
    /// What the bundle imports.
    pub(crate) imports: Vec<Import>,
}

/// Text that the bundle does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Insertion {
    /// Before which place of the bundle.
    pub(crate) at: Place,
    /// How long it is; it is ASCII without line breaks.
    pub(crate) length: u32,
}

/// Where a literal and its parts are written.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Literal {
    /// The literal itself.
    pub(crate) at: Place,
    /// Its parts.
    pub(crate) parts: Parts,
}

/// Where the parts of a literal are written.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Parts {
    /// The static keys of an object and their values, in the order of the text.
    Keys(Vec<(String, Place, Place)>),
    /// The elements of an array up to its first spread.
    Items(Vec<Place>),
}

/// One import of another module.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Import {
    /// The specifier.
    pub(crate) specifier: String,
    /// The names taken from it.
    pub(crate) names: Vec<String>,
}

/// Instruments `code`; its literals are numbered from `first_literal`, its thrown expressions from `first_throw`.
pub(crate) fn instrument(code: &str, first_literal: usize, first_throw: usize) -> Instrumented {
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, code, SourceType::mjs()).parse();
    if parsed.panicked || !parsed.diagnostics.is_empty() {
        return Instrumented { code: code.to_owned(), ..Instrumented::default() };
    }
    let (at, thrown) = (unused(code, "__neonform_at"), unused(code, "__neonform_thrown"));
    let import = format!("import {{at as {at},thrown as {thrown}}} from \"{RECORD}\";");
    let mut survey = Survey {
        at,
        thrown,
        first_literal,
        first_throw,
        edits: vec![(0, import)],
        literals: Vec::new(),
        throws: Vec::new(),
        imports: Vec::new(),
    };
    survey.visit_program(&parsed.program);
    survey.finish(code)
}

/// `name`, longer until the text does not contain it.
fn unused(code: &str, name: &str) -> String {
    let mut name = name.to_owned();
    while code.contains(&name) {
        name.push('_');
    }
    name
}

struct Survey {
    at: String,
    thrown: String,
    first_literal: usize,
    first_throw: usize,
    edits: Vec<(Offset, String)>,
    literals: Vec<(Offset, RawParts)>,
    throws: Vec<Offset>,
    imports: Vec<Import>,
}

enum RawParts {
    Keys(Vec<(String, Offset, Offset)>),
    Items(Vec<Offset>),
}

impl Survey {
    fn open(&mut self, span: Span, parts: RawParts) {
        let number = self.first_literal + self.literals.len();
        self.literals.push((span.start, parts));
        self.edits.push((span.start, format!("({}({number},", self.at)));
    }

    fn close(&mut self, span: Span) {
        self.edits.push((span.end, "))".to_owned()));
    }

    fn import(&mut self, source: &StringLiteral<'_>, names: Vec<String>) {
        self.imports.push(Import { specifier: source.value.to_string(), names });
    }

    fn finish(mut self, code: &str) -> Instrumented {
        // Stable: edits at one place stay in the order of the walk, outer before inner.
        self.edits.sort_by_key(|(offset, _)| *offset);
        let places = Places::new(code, self.offsets());
        let mut out = Instrumented::default();
        let mut done = 0;
        for (offset, text) in &self.edits {
            let end = usize::try_from(*offset).unwrap_or(code.len()).min(code.len());
            out.code.push_str(code.get(done..end).unwrap_or_default());
            out.code.push_str(text);
            out.inserted.push(Insertion { at: places.of(*offset), length: length(text) });
            done = end;
        }
        out.code.push_str(code.get(done..).unwrap_or_default());
        let key = |(name, key, value): (String, Offset, Offset)| (name, places.of(key), places.of(value));
        let literal = |(offset, parts)| Literal {
            at: places.of(offset),
            parts: match parts {
                RawParts::Keys(keys) => Parts::Keys(keys.into_iter().map(key).collect()),
                RawParts::Items(items) => {
                    Parts::Items(items.into_iter().map(|item| places.of(item)).collect())
                }
            },
        };
        out.literals = self.literals.into_iter().map(literal).collect();
        out.throws = self.throws.into_iter().map(|offset| places.of(offset)).collect();
        out.imports = self.imports;
        out
    }

    fn offsets(&self) -> Vec<Offset> {
        let mut offsets: Vec<Offset> = self.edits.iter().map(|(offset, _)| *offset).collect();
        for (offset, parts) in &self.literals {
            offsets.push(*offset);
            match parts {
                RawParts::Keys(keys) => {
                    offsets.extend(keys.iter().flat_map(|(_, key, value)| [*key, *value]))
                }
                RawParts::Items(items) => offsets.extend(items),
            }
        }
        offsets.extend(&self.throws);
        offsets
    }
}

fn length(text: &str) -> u32 {
    u32::try_from(text.len()).unwrap_or(u32::MAX)
}

impl<'a> Visit<'a> for Survey {
    fn visit_object_expression(&mut self, it: &ObjectExpression<'a>) {
        let keys = it.properties.iter().filter_map(|property| match property {
            ObjectPropertyKind::ObjectProperty(property) => {
                let name = property.key.static_name()?.into_owned();
                let value = if property.method { property.key.span() } else { property.value.span() };
                Some((name, property.key.span().start, value.start))
            }
            ObjectPropertyKind::SpreadProperty(_) => None,
        });
        self.open(it.span, RawParts::Keys(keys.collect()));
        walk::walk_object_expression(self, it);
        self.close(it.span);
    }

    fn visit_array_expression(&mut self, it: &ArrayExpression<'a>) {
        let items =
            it.elements.iter().take_while(|item| !matches!(item, ArrayExpressionElement::SpreadElement(_)));
        self.open(it.span, RawParts::Items(items.map(|item| item.span().start).collect()));
        walk::walk_array_expression(self, it);
        self.close(it.span);
    }

    fn visit_throw_statement(&mut self, it: &ThrowStatement<'a>) {
        let number = self.first_throw + self.throws.len();
        self.throws.push(it.span.start);
        // In parentheses of its own: what is thrown may be a sequence.
        self.edits.push((it.argument.span().start, format!("({}({number},(", self.thrown)));
        walk::walk_throw_statement(self, it);
        self.edits.push((it.argument.span().end, ")))".to_owned()));
    }

    fn visit_import_declaration(&mut self, it: &ImportDeclaration<'a>) {
        let named = it.specifiers.iter().flatten().filter_map(|specifier| match specifier {
            ImportDeclarationSpecifier::ImportSpecifier(named) => Some(named.imported.name().to_string()),
            ImportDeclarationSpecifier::ImportDefaultSpecifier(_) => Some("default".to_owned()),
            ImportDeclarationSpecifier::ImportNamespaceSpecifier(_) => None,
        });
        self.import(&it.source, named.collect());
    }

    fn visit_export_from_declaration(&mut self, it: &ExportFromDeclaration<'a>) {
        self.import(&it.source, it.specifiers.iter().map(|one| one.local.name().to_string()).collect());
    }

    fn visit_export_all_declaration(&mut self, it: &ExportAllDeclaration<'a>) {
        self.import(&it.source, Vec::new());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(code: &str, expected: &str) {
        let found = instrument(code, 0, 0);
        let header = "import {at as __neonform_at,thrown as __neonform_thrown} from \"neonform:record\";";
        let body = found.code.strip_prefix(header).unwrap_or(&found.code);
        assert_eq!(body.replace("__neonform_", ""), expected);
    }

    #[test]
    fn literals_and_throws_are_wrapped_and_patterns_are_not() {
        check("export default {a:[1,{}]};", "export default (at(0,{a:(at(1,[1,(at(2,{}))]))}));");
        check("const {a}=f({b});[x,y]=[y,x];", "const {a}=f((at(0,{b})));[x,y]=(at(1,[y,x]));");
        check("for(const [k] of[1])throw{k};", "for(const [k] of(at(0,[1])))throw(thrown(0,((at(1,{k})))));");
        check(
            "throw e=[1],e",
            "throw(thrown(0,(e=(at(0,[1])),e)))".replacen("throw(", "throw (", 1).as_str(),
        );
        check("new [A][0]();switch(1){case[2]:}", "new (at(0,[A]))[0]();switch(1){case(at(1,[2])):}");
        check(
            "function f(a=[],{b={}}={}){return[]}",
            "function f(a=(at(0,[])),{b=(at(1,{}))}=(at(2,{}))){return(at(3,[]))}",
        );
    }

    #[test]
    fn what_does_not_parse_is_left_alone() {
        check("export default {", "export default {");
    }

    #[test]
    fn names_that_the_bundle_uses_are_not_taken() {
        let found = instrument("__neonform_at;[]", 7, 0);
        assert!(found.code.ends_with("__neonform_at;(__neonform_at_(7,[]))"), "{}", found.code);
    }

    #[test]
    fn places_count_utf16_units_and_lines() {
        let found = instrument("f('é😀',{a:1,'b':2,...c,d(){}});\n[1,...x,2]", 0, 0);
        let at = |line, column| Place { line, column };
        let keys = vec![
            ("a".to_owned(), at(1, 10), at(1, 12)),
            ("b".to_owned(), at(1, 14), at(1, 18)),
            ("d".to_owned(), at(1, 25), at(1, 25)),
        ];
        assert_eq!(found.literals[0], Literal { at: at(1, 9), parts: Parts::Keys(keys) });
        assert_eq!(found.literals[1], Literal { at: at(2, 1), parts: Parts::Items(vec![at(2, 2)]) });
    }

    #[test]
    fn imports_are_listed_with_their_names() {
        let found = instrument("import a,{b as c} from'x';import*as n from'y';export{d}from'z';", 0, 0);
        let names: Vec<_> =
            found.imports.iter().map(|one| (one.specifier.as_str(), one.names.join(" "))).collect();
        let expected = [("x", "default b".to_owned()), ("y", String::new()), ("z", "d".to_owned())];
        assert_eq!(names, expected);
    }
}
