//! Whether a module is nested so deeply that the bundler would overflow its stack.
//!
//! An overflow ends the whole process, and a policy may be a stranger's. The bundler's threads have two megabytes,
//! so a module is parsed here first, on a thread with as much stack as its length could need, and its depth is
//! measured. Hand-written code comes nowhere near the limit; generated tables of sums and chains get the leave
//! their smaller share of the stack allows.

use std::path::Path;
use std::thread;

use oxc_allocator::Allocator;
use oxc_ast::{AstKind, AstType};
use oxc_ast_visit::Visit;
use oxc_parser::Parser;
use oxc_span::SourceType;

/// In units of [`weight`]. The stack overflows somewhat above 4000 (release build, measured for seventeen kinds).
const DEEPEST: u32 = 3200;
/// Shorter texts cannot reach the limit.
const HARMLESS_LENGTH: usize = 800;
/// More than any level takes in a build without optimisations.
const STACK_PER_BYTE: usize = 16 * 1024;
const LARGEST_STACK: usize = 1 << 30;

/// Whether the text of `file` is nested too deeply to be bundled.
pub(crate) fn is_too_deep(file: &Path, text: &str) -> bool {
    if text.len() <= HARMLESS_LENGTH {
        return false;
    }
    let stack = text.len().saturating_mul(STACK_PER_BYTE).min(LARGEST_STACK);
    let measured = thread::scope(|scope| {
        let measuring = thread::Builder::new().stack_size(stack).spawn_scoped(scope, || depth(file, text));
        measuring.map(thread::ScopedJoinHandle::join)
    });
    // Where no such thread is to be had, or the parser panics, the bundler has to find out for itself.
    matches!(measured, Ok(Ok(depth)) if depth > DEEPEST)
}

fn depth(file: &Path, text: &str) -> u32 {
    let allocator = Allocator::default();
    let kind = SourceType::from_path(file).unwrap_or_default();
    let parsed = Parser::new(&allocator, text, kind).parse();
    let mut depth = Depth::default();
    depth.visit_program(&parsed.program);
    depth.deepest
}

#[derive(Default)]
struct Depth {
    now: u32,
    deepest: u32,
}

impl<'a> Visit<'a> for Depth {
    fn enter_node(&mut self, kind: AstKind<'a>) {
        self.now += weight(kind.ty());
        self.deepest = self.deepest.max(self.now);
    }

    fn leave_node(&mut self, kind: AstKind<'a>) {
        self.now -= weight(kind.ty());
    }
}

/// How much of the stack a node takes: the links of long sums, chains and `else if` less than others.
fn weight(kind: AstType) -> u32 {
    match kind {
        AstType::BinaryExpression
        | AstType::LogicalExpression
        | AstType::UnaryExpression
        | AstType::StaticMemberExpression
        | AstType::ComputedMemberExpression
        | AstType::IfStatement => 1,
        _ => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deep(text: &str) -> bool {
        is_too_deep(Path::new("a.ts"), text)
    }

    #[test]
    fn brackets_blocks_and_types_beyond_the_limit_are_refused() {
        let nested =
            |open: &str, close: &str| format!("export default {}1{}", open.repeat(5000), close.repeat(5000));
        assert!(deep(&nested("[", "]")));
        assert!(deep(&nested("{a:", "}")));
        assert!(deep(&nested("a=>", "")));
        assert!(deep(&format!("type A = {}", nested("[", "]").replace("export default ", ""))));
    }

    #[test]
    fn long_sums_and_chains_are_fine_for_longer() {
        assert!(!deep(&format!("x = 'a'{}", " + 'a'".repeat(2000))));
        assert!(!deep(&format!("x = a{}", ".b".repeat(2000))));
        assert!(deep(&format!("x = 'a'{}", " + 'a'".repeat(5000))));
    }

    #[test]
    fn width_is_no_depth_and_brackets_in_strings_are_none() {
        assert!(!deep(&format!("x = [{}]", "[1],".repeat(20000))));
        assert!(!deep(&format!("x = '{}'", "[".repeat(20000))));
    }
}
