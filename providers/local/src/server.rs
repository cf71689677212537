//! Starting and stopping.
//!
//! Invariant: it listens on loopback only, whatever it is asked for, and on nothing before the
//! database is open. Dropping the `Server` stops it as `shutdown` does, without waiting.

use std::io;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::app::App;
use crate::call::{Pace, World};
use crate::dispatch;
use crate::error::{ApiError, StartError, StoreError};
use crate::fault::Fault;
use crate::log::{Exchange, Log};
use crate::routes;
use crate::seed::Seed;
use crate::store::Store;
use crate::wire::{Line, Wire};

/// How long requests under way are waited for.
const GRACE: Duration = Duration::from_secs(2);

/// How to start.
#[derive(Clone)]
pub struct Options {
    /// The database file, created if need be; `None` keeps state in memory.
    pub file: Option<PathBuf>,
    /// The port on 127.0.0.1; 0 is any free one.
    pub port: u16,
    /// The one key that is accepted; with `None` every non-empty bearer key is.
    pub api_key: Option<String>,
    /// How long an operation that holds the project lock stays `running`.
    pub operation_time: Duration,
    /// How long a deployment is `pending` (the first half) and `building` (the second).
    pub deployment_time: Duration,
    /// How long every request takes at least, as if the platform was that far away. Requests wait at
    /// the same time, not one after the other.
    pub latency: Duration,
    /// A file that gets a line for each request: operation, method, path, status.
    pub log: Option<PathBuf>,
    /// Whether a database without projects gets one: `local-project-00000001`, named `local`,
    /// with branch `main`, a read-write compute, database `neondb` and role `neondb_owner`.
    pub seed_default_project: bool,
}

impl std::fmt::Debug for Options {
    /// Without the key.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Options")
            .field("file", &self.file)
            .field("port", &self.port)
            .field("api_key", &self.api_key.as_ref().map(|_| "..."))
            .field("operation_time", &self.operation_time)
            .field("deployment_time", &self.deployment_time)
            .field("latency", &self.latency)
            .field("log", &self.log)
            .field("seed_default_project", &self.seed_default_project)
            .finish()
    }
}

impl Default for Options {
    /// In memory, on any free port, every key, nothing takes time, with the default project.
    fn default() -> Self {
        Self {
            file: None,
            port: 0,
            api_key: None,
            operation_time: Duration::ZERO,
            deployment_time: Duration::ZERO,
            latency: Duration::ZERO,
            log: None,
            seed_default_project: true,
        }
    }
}

/// Opens the database, listens, and answers from then on.
pub async fn start(options: Options) -> Result<Server, StartError> {
    let (port, latency) = (options.port, options.latency);
    let app = tokio::task::spawn_blocking(move || open(options))
        .await
        .map_err(|error| StartError::Internal { detail: error.to_string() })??;
    let failed = |source: io::Error| match source.kind() {
        io::ErrorKind::AddrInUse => StartError::PortInUse { port },
        _ => StartError::Bind { port, source },
    };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let service = dispatch::router(&app, latency).into_make_service_with_connect_info::<Line>();
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = axum::serve(Wire::new(listener).map_err(failed)?, service).with_graceful_shutdown(async {
        // An error means the sender is gone, which is as good as a message.
        let _ = stopped.await;
    });
    let task = tokio::spawn(async move {
        if let Err(error) = serving.await {
            tracing::error!(%error, "the local backend stopped");
        }
    });
    Ok(Server { url: format!("http://{address}{}", dispatch::ROOT), app, stop, task })
}

fn open(options: Options) -> Result<Arc<App>, StartError> {
    let store = Store::open(options.file.as_deref())?;
    let pace = Pace {
        operation_ms: milliseconds(options.operation_time),
        deployment_ms: milliseconds(options.deployment_time),
    };
    let log = match options.log {
        None => Log::default(),
        Some(path) => Log::into_file(&path).map_err(|source| StartError::Log { path, source })?,
    };
    let app = App::new(store, log, pace, options.api_key);
    if options.seed_default_project {
        let start = |sql: &rusqlite::Connection| {
            // Made at once: nobody should meet its lock.
            routes::create_default(&World { pace: Pace::default(), ..app.world(sql) })
        };
        app.store.write(start).map_err(|error: ApiError| StartError::Internal { detail: error.message })?;
    }
    Ok(Arc::new(app))
}

fn milliseconds(duration: Duration) -> i64 {
    // Bounded so that no sum with it overflows.
    i64::try_from(duration.as_millis()).map_or(i64::MAX / 4, |ms| ms.min(i64::MAX / 4))
}

/// A running server.
pub struct Server {
    url: String,
    app: Arc<App>,
    /// Dropping it stops the server, hence dropping `Server` does.
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Server {
    /// The root of the API: `http://127.0.0.1:PORT/api/v2`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Inserts state directly, whole or not at all.
    pub fn seed(&self, seed: &Seed) -> Result<(), StoreError> {
        self.app.seed(seed)
    }

    /// Adds failures to answer coming requests with.
    pub fn inject(&self, faults: Vec<Fault>) {
        self.app.faults.add(faults);
    }

    /// Takes back the failures that are still waiting.
    pub fn clear_faults(&self) {
        self.app.faults.clear();
    }

    /// What was asked and how it was answered, oldest first: the last 10,000 exchanges.
    ///
    /// For tests: it is kept in memory only, and may hold the secret values clients sent.
    pub fn log(&self) -> Vec<Exchange> {
        self.app.log.all()
    }

    /// Forgets the log so far.
    pub fn clear_log(&self) {
        self.app.log.clear();
    }

    /// Stops taking connections, waits briefly for requests under way, and ends.
    pub async fn shutdown(self) {
        let Self { stop, mut task, .. } = self;
        drop(stop);
        // A client that holds a connection half-way through a request must not hold us.
        if tokio::time::timeout(GRACE, &mut task).await.is_err() {
            task.abort();
        }
    }

    /// Waits until the server ends, which it does not by itself unless something fails. Dropping the
    /// future stops the server.
    pub async fn wait(self) {
        let Self { stop, task, .. } = self;
        // A failed task is an ended server as well.
        let _ = task.await;
        drop(stop);
    }
}

impl std::fmt::Debug for Server {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Server").field("url", &self.url).finish_non_exhaustive()
    }
}
