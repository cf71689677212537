//! Where a policy's output goes, and when it is cut.

use std::cell::Cell;
use std::sync::Arc;

/// How much a policy may print.
const MOST: usize = 1024 * 1024;

/// The sink of one policy's output.
pub(crate) struct Console {
    sink: Arc<dyn Fn(&str) + Send + Sync>,
    left: Cell<usize>,
}

impl Console {
    /// A console that hands each text to `sink`.
    pub(crate) fn new(sink: Arc<dyn Fn(&str) + Send + Sync>) -> Self {
        Self { sink, left: Cell::new(MOST) }
    }

    /// Prints one text; once the policy printed too much, nothing any more.
    pub(crate) fn print(&self, text: &str) {
        let left = self.left.get();
        if left == 0 {
            return;
        }
        if text.len() >= left {
            self.left.set(0);
            (self.sink)("(the policy printed more than 1 MiB; the rest is left out)");
        } else {
            self.left.set(left - text.len() - 1);
            (self.sink)(text);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn a_flood_is_cut_once() {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&lines);
        let console = Console::new(Arc::new(move |line: &str| {
            kept.lock().map(|mut lines| lines.push(line.len())).unwrap_or_default();
        }));
        let line = "x".repeat(MOST / 2);
        for _ in 0..5 {
            console.print(&line);
        }
        let lengths = lines.lock().map(|lines| lines.clone()).unwrap_or_default();
        assert_eq!(lengths.len(), 2);
        assert_eq!(lengths[0], line.len());
    }
}
