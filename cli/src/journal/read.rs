//! What a journal tells of a run, also of one that was killed and of one that was cut off.
//!
//! A line that is not what it should be is counted and passed over: the journal of a machine that lost power ends
//! in one.

use std::collections::BTreeMap;

use neonform_engine::diagnostic::{Code, codes};
use serde_json::Value as Json;

/// One run, as its journal has it.
#[derive(Debug)]
pub struct Run {
    /// The run's id.
    pub id: String,
    /// Its lines, in order.
    pub lines: Vec<Json>,
    /// The numbers of the lines that could not be read, from 1.
    pub damaged: Vec<usize>,
    /// How it ended.
    pub state: State,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// In these words.
    Ended(String),
    /// It did not end, and its process is gone.
    Killed,
    /// It goes on.
    Running,
}

impl State {
    /// In one word.
    pub fn word(&self) -> &str {
        match self {
            State::Ended(outcome) => outcome,
            State::Killed => "killed",
            State::Running => "running",
        }
    }
}

/// What is not known of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undecided {
    /// It was sent, and there is no word of an answer.
    Unheard,
    /// It broke off, and would have changed something.
    BrokenOff,
}

impl Run {
    /// Reads a journal; `is_running` says that its process lives.
    pub fn of(id: String, text: &str, is_running: bool) -> Self {
        let (mut lines, mut damaged) = (Vec::new(), Vec::new());
        for (index, line) in text.split_terminator('\n').enumerate() {
            match serde_json::from_str::<Json>(line) {
                Ok(read) if read["event"].is_string() => lines.push(read),
                _ => damaged.push(index + 1),
            }
        }
        let end =
            lines.last().filter(|line| line["event"] == "end").and_then(|line| line["outcome"].as_str());
        let state = match end {
            Some(outcome) => State::Ended(outcome.to_owned()),
            None if is_running => State::Running,
            None => State::Killed,
        };
        Self { id, lines, damaged, state }
    }

    /// The lines of one event.
    pub fn events<'a>(&'a self, event: &'a str) -> impl Iterator<Item = &'a Json> {
        self.lines.iter().filter(move |line| line["event"] == event)
    }

    /// A text of the first line.
    pub fn header(&self, field: &str) -> Option<&str> {
        self.events("begin").next()?[field].as_str()
    }

    /// When it began.
    pub fn began(&self) -> Option<&str> {
        self.lines.first()?["time"].as_str()
    }

    /// How many changes were done, and how many there were to do.
    pub fn progress(&self) -> (usize, usize) {
        let (mut done, mut of) = (0, 0);
        for line in &self.lines {
            match line["event"].as_str() {
                Some("done") => done += 1,
                // A second plan is what is left after a branch was created.
                Some("plan") => of = done + line["changes"].as_array().map_or(0, Vec::len),
                _ => {}
            }
        }
        (done, of)
    }

    /// Every attempt at a request with its end, where there is one.
    pub fn requests(&self) -> Vec<(&Json, Option<&Json>)> {
        let ends: BTreeMap<&str, &Json> =
            self.events("answer").filter_map(|line| Some((line["request"].as_str()?, line))).collect();
        let end = |line: &Json| line["request"].as_str().and_then(|id| ends.get(id).copied());
        self.events("request").map(|line| (line, end(line))).collect()
    }

    /// Whether the run ended and no change failed for want of an answer: then it has looked what came of the
    /// requests that broke off.
    fn has_looked(&self) -> bool {
        const UNCLEAR: [Code; 3] = [codes::NETWORK, codes::UNEXPECTED_ANSWER, codes::INTERRUPTED];
        let problems =
            self.events("failed").flat_map(|line| line["problems"].as_array().into_iter().flatten());
        let is_unclear = |problem: &Json| UNCLEAR.iter().any(|code| problem["code"] == code.id);
        matches!(self.state, State::Ended(_)) && !problems.into_iter().any(is_unclear)
    }

    /// Why it is not known what came of a request; nothing where it is known or where it changes nothing.
    pub fn undecided(&self, request: &Json, end: Option<&Json>) -> Option<Undecided> {
        let is_write = request["method"] != "GET";
        match end {
            None if is_write && self.state != State::Running => Some(Undecided::Unheard),
            Some(end) if is_write && end["unanswered"].is_string() && !self.has_looked() => {
                Some(Undecided::BrokenOff)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const WHOLE: &str = concat!(
        r#"{"time":"2026-11-22T10:00:00.000Z","event":"begin","branch":"main"}"#,
        "\n",
        r#"{"time":"2026-11-22T10:00:00.001Z","event":"plan","changes":[{},{}]}"#,
        "\n",
        r#"{"time":"2026-11-22T10:00:00.002Z","event":"request","request":"1","method":"POST"}"#,
        "\n",
        r#"{"time":"2026-11-22T10:00:00.003Z","event":"answer","request":"1","status":201}"#,
        "\n",
        r#"{"time":"2026-11-22T10:00:00.004Z","event":"done"}"#,
        "\n",
        r#"{"time":"2026-11-22T10:00:00.005Z","event":"request","request":"2","method":"POST"}"#,
        "\n",
        r#"{"time":"2026-11-22T10:00:00.006Z","event":"end","outcome":"incomplete"}"#,
        "\n",
    );

    /// What a journal says that is cut off after so many bytes.
    fn cut(bytes: usize) -> Run {
        Run::of("x".to_owned(), &WHOLE[..bytes], false)
    }

    #[test]
    fn a_journal_is_read_wherever_it_was_cut_off() {
        for bytes in 0..=WHOLE.len() {
            let run = cut(bytes);
            let whole = WHOLE[..bytes].matches('\n').count();
            // Without its line feed the last line may be whole all the same.
            assert!(run.lines.len() == whole || run.lines.len() == whole + 1, "{bytes}");
            assert!(run.damaged.len() <= 1 && run.damaged.iter().all(|line| *line == whole + 1), "{bytes}");
            let has_ended = run.lines.len() == 7;
            assert_eq!(run.state == State::Killed, !has_ended, "{bytes}");
        }
        assert_eq!(cut(WHOLE.len()).state, State::Ended("incomplete".to_owned()));
        assert_eq!(cut(WHOLE.len()).progress(), (1, 2));
    }

    #[test]
    fn a_request_without_an_answer_is_undecided_once_the_process_is_gone() {
        let until = WHOLE.find(r#"{"time":"2026-11-22T10:00:00.006Z"#).unwrap();
        let undecided = |run: &Run| -> Vec<Option<Undecided>> {
            run.requests().into_iter().map(|(request, end)| run.undecided(request, end)).collect()
        };
        assert_eq!(undecided(&cut(until)), [None, Some(Undecided::Unheard)]);
        assert_eq!(undecided(&Run::of("x".to_owned(), &WHOLE[..until], true)), [None, None]);
    }

    #[test]
    fn a_request_that_broke_off_is_undecided_unless_the_run_looked_what_came_of_it() {
        let undecided = |problem: &str| {
            let text = [
                json!({ "event": "request", "request": "1", "method": "POST" }),
                json!({ "event": "answer", "request": "1", "unanswered": "the connection broke" }),
                json!({ "event": "failed", "problems": [{ "code": problem }] }),
                json!({ "event": "end", "outcome": "incomplete" }),
            ];
            let run = Run::of("x".to_owned(), &text.map(|line| line.to_string()).join("\n"), false);
            run.requests().into_iter().find_map(|(request, end)| run.undecided(request, end))
        };
        assert_eq!((undecided("network"), undecided("forbidden")), (Some(Undecided::BrokenOff), None));
    }

    #[test]
    fn lines_that_are_something_else_are_counted() {
        let run = Run::of("x".to_owned(), "[]\n{\"event\":1}\nnull\n{}\n\n", false);
        assert_eq!((run.lines.len(), run.damaged), (0, vec![1, 2, 3, 4, 5]));
    }
}
