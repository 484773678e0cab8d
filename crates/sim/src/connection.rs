//! One TCP connection and how it may end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::Notify;

use crate::dispatch;
use crate::world::World;

/// What an answer may do to the connection that it is written to.
#[derive(Debug, Default)]
pub(crate) struct Connection {
    closing: Notify,
    spoiled: AtomicBool,
}

impl Connection {
    /// Closes the connection after the answer that is being written.
    pub(crate) fn close(&self) {
        self.closing.notify_one();
    }

    /// Makes the next request on this connection fail without a byte.
    pub(crate) fn spoil(&self) {
        self.spoiled.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_spoiled(&self) -> bool {
        self.spoiled.load(Ordering::Relaxed)
    }
}

/// Speaks HTTP/1.1 until either side ends it. A service that errs makes hyper close the socket without a byte.
pub(crate) async fn speak(stream: TcpStream, world: Arc<World>) {
    let connection = Arc::new(Connection::default());
    let service = service_fn(|request| dispatch::handle(Arc::clone(&world), Arc::clone(&connection), request));
    let mut talk = std::pin::pin!(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        biased;
        _ = talk.as_mut() => return,
        () = connection.closing.notified() => talk.as_mut().graceful_shutdown(),
    }
    drop(talk.await);
}
