//! What a policy may take, and the words for taking more.

use std::time::Duration;

use neonform_engine::diagnostic::{Diagnostic, codes};

/// What a policy may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of JavaScript heap, and as many again of array buffers.
    pub heap_bytes: usize,
    /// Wall clock of JavaScript, for loading and for each call of the closure.
    pub time: Duration,
    /// Bytes of output.
    pub output_bytes: usize,
    /// How often the closure is called.
    pub calls: usize,
}

impl Limits {
    /// What a stranger's policy may take unless somebody says otherwise.
    pub const UNTRUSTED: Self =
        Self { heap_bytes: 128 * MIB, time: Duration::from_secs(5), output_bytes: 64 * 1024, calls: 100 };
}

impl Default for Limits {
    fn default() -> Self {
        Self { heap_bytes: 256 * MIB, time: Duration::from_secs(10), output_bytes: MIB, calls: usize::MAX }
    }
}

const MIB: usize = 1024 * 1024;

/// Which limit a policy exceeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Excess {
    Heap,
    Time,
    Calls,
}

impl Limits {
    /// The problem of a policy that exceeded a limit.
    pub(crate) fn exceeded(&self, excess: Excess) -> Diagnostic {
        match excess {
            Excess::Heap => {
                Diagnostic::error(codes::HEAP_LIMIT, "the policy needs more memory than it may use")
                    .expected(format!("at most {} of memory", self.heap()))
                    .fix("use less, or raise the limit with --max-heap MIB")
            }
            Excess::Time => Diagnostic::error(codes::TIME_LIMIT, "the policy ran for longer than it may")
                .expected(format!("at most {}", self.clock()))
                .fix("do less, or raise the limit with --timeout SECONDS"),
            Excess::Calls => {
                Diagnostic::error(codes::SANDBOX, "a stranger's policy is asked about too many branches")
                    .expected(format!("at most {} in one run", self.calls))
                    .fix("name fewer branches")
            }
        }
    }

    /// By how much the process may grow: heap and buffers twice over, and what the engine needs for itself.
    pub(crate) fn process_bytes(&self) -> usize {
        self.heap_bytes.saturating_mul(4).saturating_add(512 * MIB)
    }

    fn heap(&self) -> String {
        if self.heap_bytes.is_multiple_of(MIB) {
            format!("{} MiB", self.heap_bytes / MIB)
        } else {
            format!("{} bytes", self.heap_bytes)
        }
    }

    fn clock(&self) -> String {
        format!("{} s", self.time.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cap_and_its_flag_are_named() {
        let limits = Limits { time: Duration::from_millis(1500), ..Limits::default() };
        let heap = limits.exceeded(Excess::Heap);
        assert_eq!(heap.expected.as_deref(), Some("at most 256 MiB of memory"));
        assert!(heap.fix.is_some_and(|fix| fix.contains("--max-heap MIB")));
        let time = limits.exceeded(Excess::Time);
        assert_eq!(time.expected.as_deref(), Some("at most 1.5 s"));
        assert!(time.fix.is_some_and(|fix| fix.contains("--timeout SECONDS")));
    }
}
