//! A server that plays bytes: whatever a script says, down to the end of the connection.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What happens when a request has been read.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// These bytes; the connection stays open.
    Say(Vec<u8>),
    /// These bytes piece by piece, with a pause before each.
    Trickle(Vec<Vec<u8>>, Duration),
    /// These bytes, and the end of the connection.
    SayAndClose(Vec<u8>),
    /// The end of the connection without a byte.
    Close,
    /// A reset in place of an answer, after these bytes.
    Reset(Vec<u8>),
    /// Nothing, for a long time.
    Hang,
}

pub(crate) struct Played {
    pub(crate) base_url: String,
    requests: Arc<Mutex<Vec<String>>>,
    connections: Arc<AtomicUsize>,
}

impl Played {
    /// Each connection plays its own list of steps, one a request; the last list is played by all further connections.
    pub(crate) async fn start(connections: Vec<Vec<Step>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}/v1", listener.local_addr().unwrap());
        let played = Self { base_url, requests: Arc::default(), connections: Arc::default() };
        let (requests, counter) = (Arc::clone(&played.requests), Arc::clone(&played.connections));
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let number = counter.fetch_add(1, Ordering::SeqCst);
                let steps = connections[number.min(connections.len() - 1)].clone();
                tokio::spawn(play(stream, steps, Arc::clone(&requests)));
            }
        });
        played
    }

    /// One answer, again and again.
    pub(crate) async fn always(step: Step) -> Self {
        Self::start(vec![vec![step; 16]]).await
    }

    /// The requests so far, head and body.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

async fn play(mut stream: TcpStream, steps: Vec<Step>, requests: Arc<Mutex<Vec<String>>>) {
    for step in steps {
        let Some(request) = read_request(&mut stream).await else { return };
        requests.lock().unwrap().push(request);
        match step {
            Step::Say(bytes) => stream.write_all(&bytes).await.unwrap(),
            Step::Trickle(pieces, pause) => {
                for piece in pieces {
                    tokio::time::sleep(pause).await;
                    if stream.write_all(&piece).await.is_err() {
                        return;
                    }
                }
            }
            Step::SayAndClose(bytes) => {
                stream.write_all(&bytes).await.unwrap();
                return;
            }
            Step::Close => return,
            Step::Reset(bytes) => {
                stream.write_all(&bytes).await.unwrap();
                tokio::time::sleep(Duration::from_millis(50)).await;
                stream.set_zero_linger().unwrap();
                return;
            }
            Step::Hang => tokio::time::sleep(Duration::from_secs(60)).await,
        }
    }
}

async fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        if let Some(head) = text.find("\r\n\r\n") {
            let length = text.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
            let length: usize = length.map_or(0, |length| length.trim().parse().unwrap());
            if bytes.len() >= head + 4 + length {
                return Some(String::from_utf8(bytes).unwrap());
            }
        }
        let mut piece = [0; 4096];
        let count = stream.read(&mut piece).await.ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(&piece[..count]);
    }
}

/// An answer with a body of known length.
pub(crate) fn answer(status: &str, headers: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

pub(crate) fn json_answer(body: &str) -> Vec<u8> {
    answer("200 OK", "content-type: application/json\r\n", body)
}

/// A chunked stream of events, with the chunk that ends it.
pub(crate) fn event_stream(events: &[&str]) -> Vec<u8> {
    [head_of_stream(), events.iter().flat_map(|event| chunk(event)).collect(), b"0\r\n\r\n".to_vec()].concat()
}

pub(crate) fn head_of_stream() -> Vec<u8> {
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n".to_vec()
}

/// One event as a chunk of its own.
pub(crate) fn chunk(event: &str) -> Vec<u8> {
    let event = format!("data: {event}\n\n");
    format!("{:x}\r\n{event}\r\n", event.len()).into_bytes()
}
