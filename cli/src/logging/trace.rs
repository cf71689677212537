//! `--trace FILE`: spans and events as lines of JSON, with their times in microseconds (`docs/journal.md`).
//!
//! A crate's own JSON has durations as text and no ids of spans, by which lines of things that happen at the same time
//! are told apart. Lines are written as things happen, so that a run that was killed leaves what came before.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::{LookupSpan, SpanRef};

/// The version of the format.
const VERSION: u32 = 1;

/// Writes what happens into a file.
pub(super) struct Trace {
    file: Mutex<File>,
    started: Instant,
    /// How many spans there were: the registry gives the ids of spans that are over to new ones.
    spans: AtomicU64,
}

/// What is kept of a span while it lasts.
struct Span {
    number: u64,
    began: Instant,
    /// When it was entered, while it is.
    entered: Option<Instant>,
    /// How long it was entered in all.
    busy: Duration,
    /// What was recorded after its beginning.
    late: Map<String, Json>,
}

impl Trace {
    /// Begins a file; what was in it is gone.
    pub(super) fn into_file(path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = Mutex::new(options.open(path)?);
        let trace = Self { file, started: Instant::now(), spans: AtomicU64::new(0) };
        trace.line(&json!({
            "event": "trace",
            "version": VERSION,
            "neonform": env!("CARGO_PKG_VERSION"),
            "time": format!("{:.6}", Timestamp::now()),
        }));
        Ok(trace)
    }

    /// Microseconds from the beginning of the trace.
    fn at(&self, moment: Instant) -> Json {
        microseconds(moment.duration_since(self.started))
    }

    fn line(&self, line: &Json) {
        // A trace that cannot be written is no reason for anything to fail.
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = file.write_all(format!("{line}\n").as_bytes());
    }
}

fn microseconds(duration: Duration) -> Json {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX).into()
}

/// Values by the names of their fields.
#[derive(Default)]
struct Fields(Map<String, Json>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}").into());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.0.insert(field.name().to_owned(), value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.0.insert(field.name().to_owned(), value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.0.insert(field.name().to_owned(), value.into());
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.0.insert(field.name().to_owned(), value.into());
    }
}

/// The number of the span that something is in.
fn number<'a, S: LookupSpan<'a>>(span: Option<SpanRef<'a, S>>) -> Json {
    span.and_then(|span| span.extensions().get::<Span>().map(|found| found.number)).into()
}

fn level(metadata: &Metadata<'_>) -> String {
    metadata.level().as_str().to_lowercase()
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Trace {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let (began, number_of) = (Instant::now(), self.spans.fetch_add(1, Ordering::Relaxed) + 1);
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        let metadata = attributes.metadata();
        self.line(&json!({
            "event": "begin",
            "at": self.at(began),
            "span": number_of,
            "parent": number(span.parent()),
            "level": level(metadata),
            "target": metadata.target(),
            "name": metadata.name(),
            "fields": fields.0,
        }));
        let kept = Span { number: number_of, began, entered: None, busy: Duration::ZERO, late: Map::new() };
        span.extensions_mut().replace(kept);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut fields = Fields::default();
        values.record(&mut fields);
        if let Some(kept) = span.extensions_mut().get_mut::<Span>() {
            kept.late.extend(fields.0);
        }
    }

    fn on_enter(&self, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        if let Some(kept) = span.extensions_mut().get_mut::<Span>() {
            kept.entered = Some(Instant::now());
        }
    }

    fn on_exit(&self, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        if let Some(kept) = span.extensions_mut().get_mut::<Span>() {
            kept.busy += kept.entered.take().map(|entered| entered.elapsed()).unwrap_or_default();
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let Some(span) = context.span(&id) else { return };
        let extensions = span.extensions();
        let Some(kept) = extensions.get::<Span>() else { return };
        let ended = Instant::now();
        self.line(&json!({
            "event": "end",
            "at": self.at(ended),
            "span": kept.number,
            "target": span.metadata().target(),
            "name": span.name(),
            "began": self.at(kept.began),
            "took": microseconds(ended.duration_since(kept.began)),
            "busy": microseconds(kept.busy),
            "fields": kept.late,
        }));
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let text = fields.0.shift_remove("message").unwrap_or_default();
        self.line(&json!({
            "event": "message",
            "at": self.at(Instant::now()),
            "span": number(context.event_span(event)),
            "level": level(event.metadata()),
            "target": event.metadata().target(),
            "text": text,
            "fields": fields.0,
        }));
    }
}
