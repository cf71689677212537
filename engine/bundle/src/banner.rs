//! What bundled CommonJS code expects to find: `require`, `__filename` and `__dirname` of the bundle (spec 6.2).
//!
//! A name that the bundle declares itself is left out, or the file would not parse. The bundler keeps its own
//! declarations away from names that are used without one, so such a name is not needed either. It happens
//! only where a direct `eval` keeps names from being shortened.

use oxc_allocator::Allocator;
use oxc_ast::ast::{
    BindingIdentifier, BlockStatement, ClassBody, Expression, FormalParameters, FunctionBody,
};
use oxc_ast_visit::Visit;
use oxc_parser::Parser;
use oxc_span::SourceType;

const NAMES: [(&str, &str); 3] = [
    ("require", "__neonformRequire(import.meta.url)"),
    ("__filename", "__neonformPath(import.meta.url)"),
    ("__dirname", "__neonformDirectory(__neonformPath(import.meta.url))"),
];

const IMPORTS: &str = "import{createRequire as __neonformRequire}from\"node:module\";\
    import{fileURLToPath as __neonformPath}from\"node:url\";\
    import{dirname as __neonformDirectory}from\"node:path\";";

/// `code` behind the line that defines the names.
pub(crate) fn with_banner(code: &str) -> String {
    // A function is never run as a command, and a `#!` may only be the first line.
    let code = command(code).unwrap_or(code);
    let declared = if code.contains("eval(") { declared_names(code) } else { Vec::new() };
    let definitions: Vec<String> = NAMES
        .iter()
        .filter(|(name, _)| !declared.iter().any(|found| found == name))
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let definitions = match definitions.join(",") {
        none if none.is_empty() => none,
        some => format!("const {some};"),
    };
    format!("{IMPORTS}{definitions}\n{code}")
}

/// How many lines further down the code is behind the banner.
pub(crate) fn lines_above(code: &str) -> usize {
    // The banner takes the place of the first line of a command.
    usize::from(command(code).is_none())
}

/// What follows the first line of a command, if it is one.
fn command(code: &str) -> Option<&str> {
    code.strip_prefix("#!")?.split_once('\n').map(|(_, rest)| rest)
}

/// What the module declares at its top.
fn declared_names(code: &str) -> Vec<String> {
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, code, SourceType::mjs()).parse();
    let mut declared = Declared(Vec::new());
    declared.visit_program(&parsed.program);
    declared.0
}

struct Declared(Vec<String>);

impl<'a> Visit<'a> for Declared {
    fn visit_binding_identifier(&mut self, it: &BindingIdentifier<'a>) {
        self.0.push(it.name.to_string());
    }

    // What is declared further inside stays there.
    fn visit_expression(&mut self, _: &Expression<'a>) {}
    fn visit_formal_parameters(&mut self, _: &FormalParameters<'a>) {}
    fn visit_function_body(&mut self, _: &FunctionBody<'a>) {}
    fn visit_class_body(&mut self, _: &ClassBody<'a>) {}
    fn visit_block_statement(&mut self, _: &BlockStatement<'a>) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_are_defined_from_the_place_of_the_bundle() {
        let code = with_banner("a();");
        let (banner, rest) = code.split_once('\n').expect("two lines");
        assert_eq!(rest, "a();");
        for name in ["require=", "__filename=", "__dirname="] {
            assert!(banner.contains(name), "{banner}");
        }
    }

    #[test]
    fn a_name_that_the_bundle_declares_is_left_to_it() {
        let code = with_banner(
            "import{__filename}from'x';var require=1;function f(__dirname){let __dirname$1}const a=b=>eval('__dirname');",
        );
        let (banner, _) = code.split_once('\n').expect("two lines");
        assert!(!banner.contains("require=__") && !banner.contains("__filename="), "{banner}");
        assert!(banner.contains("__dirname="), "{banner}");
    }

    #[test]
    fn a_command_line_loses_its_first_line() {
        assert!(with_banner("#!/usr/bin/env node\na();").ends_with(";\na();"));
        assert_eq!((lines_above("#!/usr/bin/env node\na();"), lines_above("a();")), (0, 1));
    }
}
