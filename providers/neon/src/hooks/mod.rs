//! Lifecycle hooks: checked here, never run by plan or apply in this version (spec 1.11, 5.5).
//!
//! Claims `experimental.hooks`: phases `checkout`, `create`, `deploy`, each with `before` and
//! `after`, each a function, a command or a list of commands.

use neonform_engine::diagnostic::{Layer, codes};
use neonform_engine::kind::{Declared, Section};
use neonform_engine::node::Shape;
use neonform_engine::policy::{Cursor, Policy};

/// The hooks' part of the language.
pub struct Hooks;

impl Section for Hooks {
    const NAME: &'static str = "hooks";

    fn declare(&self, policy: &Policy<'_>) -> Declared<()> {
        let hooks = policy
            .root()
            .and_then(|root| root.get("experimental")?.object())
            .and_then(|experimental| experimental.get("hooks")?.object());
        if let Some(hooks) = hooks {
            for phase in ["checkout", "create", "deploy"] {
                let Some(phase) = hooks.get(phase).and_then(|phase| phase.object()) else { continue };
                for moment in ["before", "after"] {
                    if let Some(hook) = phase.get(moment) {
                        check(&hook);
                    }
                }
            }
        }
        Declared::default()
    }
}

fn check(hook: &Cursor<'_>) {
    match hook.shape() {
        Shape::Function => {}
        Shape::String(text) if text.is_empty() => empty(hook, "a command"),
        Shape::List(items) if items.is_empty() => empty(hook, "at least one command"),
        Shape::String(_) => {}
        Shape::List(_) => {
            for command in hook.list().unwrap_or_default() {
                command.text(1, usize::MAX);
            }
        }
        _ => hook.report(
            hook.problem(codes::WRONG_TYPE, "the value is not a hook")
                .layer(Layer::Type)
                .expected("a function, a command, or a list of commands"),
        ),
    }
}

fn empty(hook: &Cursor<'_>, expected: &str) {
    let problem = hook.problem(codes::TOO_SMALL, "a hook is empty").expected(expected);
    hook.report(problem.fix("write a shell command, or remove the hook"));
}
