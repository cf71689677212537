//! What a policy compares with, as far as its text says: values that a hidden variable is worth trying as.
//!
//! Texts that something is compared with come first, then those in lists and around numbers, then keys, which
//! may be the cases of a table. Only the policy's own files count, not its packages.

use oxc_allocator::Allocator;
use oxc_ast::ast::{
    ArrayExpression, ArrayExpressionElement, BinaryExpression, CallExpression, Expression, NumericLiteral,
    ObjectExpression, ObjectPropertyKind, SwitchCase,
};
use oxc_ast_visit::{Visit, walk};
use oxc_parser::Parser;
use oxc_span::{GetSpan, SourceType, Span};

use neonform_bundle::PolicyModule;

use crate::places::Places;

/// The longest text that is worth trying.
const LONGEST: usize = 64;

/// Methods that compare a text with their argument.
const COMPARING: &[&str] = &[
    "includes",
    "startsWith",
    "endsWith",
    "indexOf",
    "lastIndexOf",
    "has",
    "get",
    "localeCompare",
    "split",
    "equals",
];

/// What is worth trying, each once.
#[derive(Debug, Default)]
pub(crate) struct Literals {
    /// What something is compared with, the likeliest first.
    pub(crate) compared: Vec<String>,
    /// Keys of objects, which may be the cases of a table.
    pub(crate) keys: Vec<String>,
}

/// What the policy compares with.
pub(crate) fn of(module: &PolicyModule) -> Literals {
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, &module.code, SourceType::mjs()).parse();
    if parsed.panicked {
        return Literals::default();
    }
    let mut survey = Survey::default();
    survey.visit_program(&parsed.program);
    let places = Places::new(&module.code, survey.found.iter().map(|found| found.span.start).collect());
    let is_own = |span: Span| {
        let place = places.of(span.start);
        let position = module.map.position(place.line, place.column);
        position.is_some_and(|position| !position.file.contains("node_modules/"))
    };
    let mut found: Vec<Found> = survey.found.into_iter().filter(|found| is_own(found.span)).collect();
    found.sort_by_key(|found| found.likelihood);
    let mut literals = Literals::default();
    for Found { text, likelihood, .. } in found {
        let Literals { compared, keys } = &mut literals;
        let is_new = !compared.contains(&text) && !keys.contains(&text);
        if text.len() <= LONGEST && is_new {
            if likelihood == Likelihood::Key { keys } else { compared }.push(text);
        }
    }
    literals
}

/// The most likely first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Likelihood {
    Compared,
    Listed,
    Key,
}

struct Found {
    likelihood: Likelihood,
    text: String,
    span: Span,
}

#[derive(Default)]
struct Survey {
    found: Vec<Found>,
}

impl Survey {
    fn note(&mut self, likelihood: Likelihood, text: &str, span: Span) {
        self.found.push(Found { likelihood, text: text.to_owned(), span });
    }

    /// A text, or a number and its neighbours: it may be a bound.
    fn compared(&mut self, expression: &Expression<'_>) {
        match expression {
            Expression::StringLiteral(text) => self.note(Likelihood::Compared, &text.value, text.span),
            Expression::TemplateLiteral(template) if template.expressions.is_empty() => {
                if let Some(text) = template.quasis.first().and_then(|part| part.value.cooked) {
                    self.note(Likelihood::Compared, &text, template.span);
                }
            }
            Expression::NumericLiteral(number) => self.number(number),
            _ => {}
        }
    }

    fn number(&mut self, number: &NumericLiteral<'_>) {
        for near in [number.value, number.value + 1.0, number.value - 1.0] {
            self.note(Likelihood::Listed, &near.to_string(), number.span);
        }
    }
}

impl<'a> Visit<'a> for Survey {
    fn visit_binary_expression(&mut self, it: &BinaryExpression<'a>) {
        if it.operator.is_equality() || it.operator.is_compare() {
            self.compared(&it.left);
            self.compared(&it.right);
        }
        walk::walk_binary_expression(self, it);
    }

    fn visit_switch_case(&mut self, it: &SwitchCase<'a>) {
        if let Some(test) = &it.test {
            self.compared(test);
        }
        walk::walk_switch_case(self, it);
    }

    fn visit_call_expression(&mut self, it: &CallExpression<'a>) {
        let method = it.callee.as_member_expression().and_then(|member| member.static_property_name());
        if method.is_some_and(|name| COMPARING.contains(&name)) {
            for argument in it.arguments.iter().filter_map(|argument| argument.as_expression()) {
                self.compared(argument);
            }
        }
        walk::walk_call_expression(self, it);
    }

    fn visit_array_expression(&mut self, it: &ArrayExpression<'a>) {
        for item in &it.elements {
            if let ArrayExpressionElement::StringLiteral(text) = item {
                self.note(Likelihood::Listed, &text.value, text.span);
            }
        }
        walk::walk_array_expression(self, it);
    }

    fn visit_object_expression(&mut self, it: &ObjectExpression<'a>) {
        for property in &it.properties {
            if let ObjectPropertyKind::ObjectProperty(property) = property
                && let Some(name) = property.key.static_name()
            {
                self.note(Likelihood::Key, &name, property.key.span());
            }
        }
        walk::walk_object_expression(self, it);
    }
}
