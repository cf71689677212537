//! Where a policy's output goes, and when it is cut.

use std::cell::Cell;
use std::sync::Arc;

/// The sink of one policy's output.
pub(crate) struct Console {
    sink: Arc<dyn Fn(&str) + Send + Sync>,
    most: usize,
    left: Cell<usize>,
}

impl Console {
    /// A console that hands each text to `sink`, `most` bytes together.
    pub(crate) fn new(sink: Arc<dyn Fn(&str) + Send + Sync>, most: usize) -> Self {
        Self { sink, most, left: Cell::new(most) }
    }

    /// Prints one text; once the policy printed too much, nothing any more.
    pub(crate) fn print(&self, text: &str) {
        let left = self.left.get();
        if left == 0 {
            return;
        }
        if text.len() >= left {
            self.left.set(0);
            let most = bytes(self.most);
            (self.sink)(&format!("(the policy printed more than {most}; the rest is left out)"));
        } else {
            self.left.set(left - text.len() - 1);
            (self.sink)(text);
        }
    }
}

fn bytes(number: usize) -> String {
    match (number / 1024 / 1024, number / 1024) {
        (0, 0) => format!("{number} bytes"),
        (0, kibibytes) => format!("{kibibytes} KiB"),
        (mebibytes, _) => format!("{mebibytes} MiB"),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    const MOST: usize = 4096;

    #[test]
    fn a_flood_is_cut_once() {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&lines);
        let console = Console::new(
            Arc::new(move |line: &str| {
                kept.lock().map(|mut lines| lines.push(line.len())).unwrap_or_default();
            }),
            MOST,
        );
        let line = "x".repeat(MOST / 2);
        for _ in 0..5 {
            console.print(&line);
        }
        let lengths = lines.lock().map(|lines| lines.clone()).unwrap_or_default();
        assert_eq!(lengths.len(), 2);
        assert_eq!(lengths[0], line.len());
    }
}
