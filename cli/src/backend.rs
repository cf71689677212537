//! Where resources live: the Neon API, or the embedded backend inside this process.
//!
//! The embedded backend is never chosen silently: without a key the error mentions it. Its state is
//! in the file that `--backend local:FILE` names, else in `.neonform/local.sqlite` of the repository. A context
//! file can pin it (`neonform link --local`); every command says so then.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use neonform_engine::diagnostic::{Diagnostic, Failure, codes};
use neonform_engine::value::Secret;
use neonform_local::{Options, Server, StartError};
use neonform_neon::client::{Client, Limits};
use neonform_neon::function::Digests;

use crate::args::Global;
use crate::context::Context;
use crate::output::text::printable;
use crate::session::Session;
use crate::{cache, env, print};

/// The API's root when none is named (spec 10.4).
const DEFAULT_HOST: &str = "https://console.neon.tech/api/v2";

/// A client, and the embedded backend that has to live as long as it.
pub struct Connection {
    /// The client.
    pub client: Client,
    /// What is known of environments from earlier runs with the same key.
    pub digests: Arc<Digests>,
    /// Says which backend in messages: nothing for the Neon API.
    pub local: Option<PathBuf>,
    server: Option<Server>,
}

impl Connection {
    /// Connects to the backend that the flags choose, else to the one that the context pins, and says so then.
    ///
    /// # Errors
    /// When no key is given, the flags contradict each other, or the embedded backend cannot start.
    pub async fn open(session: &Session) -> Result<Self, Failure> {
        match meant(session)? {
            Backend::Neon => remote(&session.global),
            Backend::Local(file) => local(file).await,
        }
    }

    /// The same, but nothing where it is an embedded backend that does not exist yet.
    ///
    /// # Errors
    /// As [`Connection::open`].
    pub async fn open_existing(session: &Session) -> Result<Option<Self>, Failure> {
        match meant(session)? {
            Backend::Local(file) if !file.exists() => Ok(None),
            _ => Self::open(session).await.map(Some),
        }
    }

    /// Keeps what the next run can use, and ends the embedded backend, if there is one, once its requests are answered.
    pub async fn close(self) {
        self.digests.keep();
        if let Some(server) = self.server {
            server.shutdown().await;
        }
    }
}

/// Where resources live.
enum Backend {
    /// The Neon API.
    Neon,
    /// The embedded backend with its state in this file.
    Local(PathBuf),
}

/// The backend that the flags choose, else the one that the context pins; that one is told.
fn meant(session: &Session) -> Result<Backend, Failure> {
    let Session { global, working, context, .. } = session;
    if let Some(named) = &global.backend {
        return match chosen(named, working).ok_or_else(|| unknown(named, "--backend"))? {
            Backend::Local(_) if global.api_host.is_some() => Err(contradiction()),
            backend => Ok(backend),
        };
    }
    let pinned = context.backend.as_ref().filter(|_| global.api_host.is_none());
    let Some(file) = pinned.map(|named| pinned_file(named, context)).transpose()?.flatten() else {
        return Ok(Backend::Neon);
    };
    let shown = file.strip_prefix(working).unwrap_or(&file).display().to_string();
    print::note(&format!("On the embedded backend {}, which .neon pins", printable(&shown)));
    Ok(Backend::Local(file))
}

/// What `neon`, `local` or `local:FILE` means, with the file taken against a folder.
fn chosen(named: &str, folder: &Path) -> Option<Backend> {
    match named.split_once(':') {
        None if named == "neon" => Some(Backend::Neon),
        None if named == "local" => Some(Backend::Local(default_file(folder))),
        Some(("local", file)) if !file.is_empty() => Some(Backend::Local(folder.join(file))),
        _ => None,
    }
}

/// The file of the embedded backend that the context pins. A context file can come with a repository, and
/// so it names no file outside of its own folder.
fn pinned_file(named: &str, context: &Context) -> Result<Option<PathBuf>, Failure> {
    let is_inside =
        |file: &str| Path::new(file).components().all(|part| matches!(part, Component::Normal(_)));
    if named.split_once(':').is_some_and(|(_, file)| !is_inside(file)) {
        return Err(unknown(named, &context.file.display().to_string()));
    }
    match chosen(named, context.folder())
        .ok_or_else(|| unknown(named, &context.file.display().to_string()))?
    {
        Backend::Neon => Ok(None),
        Backend::Local(file) => Ok(Some(file)),
    }
}

fn unknown(named: &str, place: &str) -> Failure {
    Diagnostic::error(codes::USAGE, "there is no such backend")
        .found(format!("{named:?}"))
        .expected("neon, local, or local:FILE; in a context file a FILE beside it")
        .fix(format!("correct {place}"))
        .into()
}

fn contradiction() -> Failure {
    Diagnostic::error(codes::USAGE, "--backend local and --api-host contradict each other")
        .fix("leave one of them out")
        .into()
}

fn remote(global: &Global) -> Result<Connection, Failure> {
    let key =
        global.api_key.clone().filter(|key| !key.trim().is_empty()).or_else(|| env::given(env::NEON_API_KEY));
    let Some(key) = key else {
        return Err(Diagnostic::error(codes::MISSING_API_KEY, "no API key is given")
            .expected("a Neon API key")
            .fix("set NEON_API_KEY or pass --api-key; to try things out without Neon, pass --backend local")
            .into());
    };
    let host = global.api_host.clone().or_else(|| env::given(env::NEON_API_HOST));
    let key = Secret::new(key);
    let client = Client::new(host.as_deref().unwrap_or(DEFAULT_HOST), &key)?;
    Ok(Connection { client: paced(client)?, digests: Arc::new(digests(&key)), local: None, server: None })
}

/// Digests of environments in the user's cache; of this run alone where there is none.
fn digests(key: &Secret) -> Digests {
    cache::folder()
        .map_or_else(Digests::of_this_run, |folder| Digests::kept(key, folder.join("environments")))
}

/// The client within the API's limits, together with this user's other processes.
fn paced(client: Client) -> Result<Client, Failure> {
    let usual = (!client.is_local()).then(Limits::default);
    let limits = match env::given(env::NEONFORM_RATE_LIMIT) {
        None => usual,
        Some(text) => match text.trim().parse() {
            Ok(0) => None,
            Ok(a_minute) => Some(Limits { a_minute, ..Limits::default() }),
            Err(_) => {
                let summary = "an environment variable does not hold a number of requests a minute";
                return Err(Diagnostic::error(codes::USAGE, summary)
                    .found(format!("{}={text:?}", env::NEONFORM_RATE_LIMIT))
                    .expected("a whole number; 0 is without limits")
                    .fix("correct it, or unset it")
                    .into());
            }
        },
    };
    // Without limits there is nothing to count together, and without a folder nowhere.
    let file = limits.and_then(|_| Some(cache::folder()?.join("pace").join(client.host_name() + ".json")));
    Ok(client.paced(limits, file))
}

async fn local(file: PathBuf) -> Result<Connection, Failure> {
    // The socket is reachable by every user of the machine; the key, made for this process, is not.
    let key = format!("{:032x}", rand::random::<u128>());
    let options = Options {
        file: Some(file.clone()),
        api_key: Some(key.clone()),
        seed_default_project: true,
        ..Options::default()
    };
    let server = neonform_local::start(options).await.map_err(refused)?;
    let client = Client::new(server.url(), &Secret::new(key))?;
    // Kept under a key that is gone with this process, digests could never be read again.
    let digests = Arc::new(Digests::of_this_run());
    Ok(Connection { client, digests, local: Some(file), server: Some(server) })
}

/// The embedded backend's own words for why it did not start.
pub fn refused(error: StartError) -> Failure {
    Diagnostic::error(codes::LOCAL_BACKEND, "the embedded backend cannot start")
        .found(error.to_string())
        .into()
}

/// The database of the repository around the working directory.
pub fn default_file(working: &Path) -> PathBuf {
    own_folder(working).join("local.sqlite")
}

/// Where the folder of [`own_folder`] is, or would be.
pub fn folder_path(directory: &Path) -> PathBuf {
    let repository = directory.ancestors().find(|place| place.join(".git").exists());
    repository.unwrap_or(directory).join(".neonform")
}

/// The folder of the repository around a directory for what we keep there; it ignores itself.
pub fn own_folder(directory: &Path) -> PathBuf {
    let folder = folder_path(directory);
    if std::fs::create_dir(&folder).is_ok() {
        // Only a convenience: without it the user's next commit shows the folder.
        let _ = std::fs::write(folder.join(".gitignore"), "*\n");
    }
    folder
}
