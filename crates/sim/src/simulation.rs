//! Starting, watching and stopping a simulation.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use crate::batches;
use crate::connection;
use crate::counters::{Counters, Totals};
use crate::settings::{Settings, SettingsError};
use crate::world::World;

/// How long to wait when no connection can be accepted.
const PATIENCE: Duration = Duration::from_millis(10);

/// A simulated server that is not running yet.
#[derive(Clone, Debug)]
pub struct Simulation {
    settings: Settings,
}

/// Why a simulation does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The settings cannot be used.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address.
        address: String,
        /// What the system said.
        source: io::Error,
    },
}

impl Simulation {
    /// A simulation that will behave as the settings say.
    pub fn new(settings: Settings) -> Self {
        Self { settings }
    }

    /// Binds the address, such as `"127.0.0.1:0"`, and serves on tasks of the current tokio runtime.
    ///
    /// # Errors
    /// When the settings are out of range, a file they name cannot be read, or the address is taken.
    pub async fn start(self, address: &str) -> Result<Running, StartError> {
        let (running, server) = self.prepare(address)?;
        tokio::spawn(server.serve());
        Ok(running)
    }

    /// Like [`Simulation::start`], but serves on a thread of its own, for tests that block theirs.
    ///
    /// # Errors
    /// As [`Simulation::start`]; also when no thread can be had.
    pub fn start_on_thread(self, address: &str) -> Result<Running, StartError> {
        let wrong = |source| StartError::Listen { address: address.to_owned(), source };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(wrong)?;
        let (running, server) = {
            let _inside = runtime.enter();
            self.prepare(address)?
        };
        let serve = move || runtime.block_on(server.serve());
        let thread = std::thread::Builder::new().name("carat-sim".to_owned());
        thread.spawn(serve).map_err(wrong)?;
        Ok(running)
    }

    /// Binds and makes everything ready; needs a runtime around it.
    fn prepare(self, address: &str) -> Result<(Running, Server), StartError> {
        let world = Arc::new(World::new(self.settings)?);
        let listen = || {
            let listener = std::net::TcpListener::bind(address)?;
            listener.set_nonblocking(true)?;
            let bound = listener.local_addr()?;
            Ok((bound, TcpListener::from_std(listener)?))
        };
        let (bound, listener) =
            listen().map_err(|source| StartError::Listen { address: address.to_owned(), source })?;
        let (stop, stopped) = oneshot::channel();
        let (done, over) = oneshot::channel();
        let server = Server { listener, world: Arc::clone(&world), stopped, _done: done };
        Ok((Running { address: bound, world, stop, over }, server))
    }
}

/// A simulation that serves. Dropping it stops the server and closes all connections.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    world: Arc<World>,
    /// Closes when dropped, which the server takes as the word to stop.
    stop: oneshot::Sender<()>,
    over: oneshot::Receiver<()>,
}

impl Running {
    /// The address that is listened on, with the real port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What a client takes as its base URL, such as `http://127.0.0.1:4000/v1`.
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// Everything counted so far.
    pub fn counters(&self) -> Counters {
        self.world.tally.counters()
    }

    /// The numbers counted so far, without the answered calls.
    pub fn totals(&self) -> Totals {
        self.world.tally.totals()
    }

    /// Waits until the numbers are as wanted, for example until a request is held. Nothing is polled.
    pub async fn wait_until(&self, wanted: impl Fn(&Totals) -> bool) -> Totals {
        loop {
            let mut changed = std::pin::pin!(self.world.tally.changed.notified());
            changed.as_mut().enable();
            let totals = self.totals();
            if wanted(&totals) {
                return totals;
            }
            changed.await;
        }
    }

    /// Answers `count` more completions, counted from now; all further ones hang until [`Running::release`]. An answer
    /// that its client does not wait for does not count.
    pub fn hold_after(&self, count: u64) {
        self.world.gate.close_after(count);
    }

    /// Answers everything that is held, and no longer holds.
    pub fn release(&self) {
        self.world.gate.open();
    }

    /// Behaves differently from now on. Requests being answered keep the old ways; counters go on.
    ///
    /// # Errors
    /// When the settings are out of range or a file they name cannot be read; nothing changes then.
    pub fn replace_settings(&self, settings: Settings) -> Result<(), SettingsError> {
        self.world.replace(settings)
    }

    /// Moves every batch that has not ended to its next status, whatever time it is; returns how many there were.
    pub fn advance_batches(&self) -> usize {
        batches::advance(&self.world, None)
    }

    /// Forgets all counts, uploaded files and how often faults struck, and releases what is held; `hold_after` of the
    /// settings holds anew.
    pub fn reset(&self) {
        self.world.reset();
    }

    /// Stops and waits until every connection is closed.
    pub async fn stop(self) {
        let Self { stop, over, .. } = self;
        drop(stop);
        // The server says nothing; it only lets go of its end.
        drop(over.await);
    }

    /// Serves until the process ends.
    pub(crate) async fn forever(self) {
        drop(self.over.await);
    }
}

/// The side of a simulation that listens.
#[derive(Debug)]
struct Server {
    listener: TcpListener,
    world: Arc<World>,
    stopped: oneshot::Receiver<()>,
    _done: oneshot::Sender<()>,
}

impl Server {
    async fn serve(mut self) {
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                _ = &mut self.stopped => break,
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, _)) => self.welcome(stream, &mut connections),
                    // Out of file descriptors, most likely: some have to be closed before it is worth another try.
                    Err(_) => tokio::time::sleep(PATIENCE).await,
                },
                Some(_) = connections.join_next(), if !connections.is_empty() => {}
            }
        }
        connections.shutdown().await;
    }

    fn welcome(&self, stream: TcpStream, connections: &mut JoinSet<()>) {
        // Without it small answers wait for the client's acknowledgement; where it fails they are merely slow.
        drop(stream.set_nodelay(true));
        connections.spawn(connection::speak(stream, Arc::clone(&self.world)));
    }
}
