//! The socket, with ways to misbehave that an HTTP handler does not have.
//!
//! An HTTP handler can only answer. To play a platform that hangs up, each connection carries a `Line`
//! that its requests can reach: once cut, every write fails and nothing reaches the client. The line
//! also knows when an answer is out, and leads to the port itself (`wire/door.rs`), which can be closed.

mod door;

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

use self::door::Door;
use crate::fault::Hook;

/// The connection that a request came on.
#[derive(Clone, Debug)]
pub(crate) struct Line(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    cut: AtomicBool,
    /// Run once something was written and flushed.
    hook: Mutex<Option<Pending>>,
    door: Arc<Door>,
}

#[derive(Debug)]
struct Pending {
    hook: Hook,
    written: bool,
}

impl Line {
    /// Closes the connection without another byte.
    pub(crate) fn cut(&self) {
        self.0.cut.store(true, Ordering::Relaxed);
    }

    /// Closes the connection, and the port for so long.
    pub(crate) async fn refuse(&self, lasts: Duration) {
        self.0.door.close(lasts).await;
        self.cut();
    }

    /// Runs a hook once the answer that comes next is handed to the socket.
    pub(crate) fn once_answered(&self, hook: Hook) {
        *self.pending() = Some(Pending { hook, written: false });
    }

    fn pending(&self) -> std::sync::MutexGuard<'_, Option<Pending>> {
        self.0.hook.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wrote(&self) {
        if let Some(pending) = self.pending().as_mut() {
            pending.written = true;
        }
    }

    fn flushed(&self) {
        let due = self.pending().take_if(|pending| pending.written);
        if let Some(pending) = due {
            pending.hook.run();
        }
    }

    fn broken<T>(&self) -> Option<Poll<io::Result<T>>> {
        self.0.cut.load(Ordering::Relaxed).then(|| Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into())))
    }
}

impl Connected<IncomingStream<'_, Wire>> for Line {
    fn connect_info(stream: IncomingStream<'_, Wire>) -> Self {
        stream.io().line.clone()
    }
}

/// The listening socket; nothing while the door is closed.
pub(crate) struct Wire {
    listener: Option<TcpListener>,
    address: std::net::SocketAddr,
    door: Arc<Door>,
}

impl Wire {
    pub(crate) fn new(listener: TcpListener) -> io::Result<Self> {
        let address = listener.local_addr()?;
        Ok(Self { listener: Some(listener), address, door: Arc::default() })
    }

    /// The next connection; an error is that of the system.
    async fn next(&mut self) -> io::Result<(TcpStream, std::net::SocketAddr)> {
        loop {
            if self.door.is_closed() {
                // Dropped, so that the system itself refuses who comes now.
                self.listener = None;
                self.door.opened().await;
            }
            let listener = match self.listener.take() {
                Some(listener) => listener,
                None => TcpListener::bind(self.address).await?,
            };
            let listener = self.listener.insert(listener);
            tokio::select! {
                accepted = TcpListener::accept(listener) => return accepted,
                () = self.door.closing() => {}
            }
        }
    }
}

impl Listener for Wire {
    type Io = Connection;
    type Addr = std::net::SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            match self.next().await {
                Ok((stream, address)) => {
                    // Answers are small; waiting to fill a packet would only delay them.
                    let _ = stream.set_nodelay(true);
                    let (cut, hook) = (AtomicBool::new(false), Mutex::new(None));
                    let line = Line(Arc::new(Inner { cut, hook, door: Arc::clone(&self.door) }));
                    return (Connection { stream, line, times_closed: self.door.times_closed() }, address);
                }
                Err(error) => {
                    // Usually too many open files: a pause lets connections end.
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        Ok(self.address)
    }
}

/// One connection and its line.
pub(crate) struct Connection {
    stream: TcpStream,
    line: Line,
    /// How often the door had been closed when this was let in: a connection from before takes no
    /// more requests, though it may still answer.
    times_closed: u64,
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_read(context, buffer);
        if polled.is_ready() && self.times_closed != self.line.0.door.times_closed() {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        polled
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        if let Some(broken) = self.line.broken() {
            return broken;
        }
        let polled = Pin::new(&mut self.stream).poll_write(context, buffer);
        if polled.is_ready() {
            self.line.wrote();
        }
        polled
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if let Some(broken) = self.line.broken() {
            return broken;
        }
        let polled = Pin::new(&mut self.stream).poll_flush(context);
        if polled.is_ready() {
            self.line.flushed();
        }
        polled
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
