//! What one call costs in CPU time on this side of the wire.
//!
//! `cargo run --release -p carat-models --example call_cost [CALLS]` starts a second process that answers with fixed bytes
//! and asks it, then does the same with the offline baseline and forty examples.
#![expect(clippy::print_stdout, reason = "an example prints what it measured")]

use std::error::Error;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use carat_core::{Call, Message, Model, Parameters, Request, Role, Row};
use carat_models::{Surroundings, build};
use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const WHOLE: &str = r#"{"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"billing","refusal":null},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":300,"completion_tokens":1,"total_tokens":301,"prompt_tokens_details":{"cached_tokens":0},"completion_tokens_details":{"reasoning_tokens":0}}}"#;

const STREAM: [&str; 4] = [
    r#"{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"billing"},"finish_reason":null}]}"#,
    r#"{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#,
    r#"{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[],"usage":{"prompt_tokens":300,"completion_tokens":1}}"#,
    "[DONE]",
];

fn main() -> Result<(), Box<dyn Error>> {
    let argument = std::env::args().nth(1);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    if argument.as_deref() == Some("serve") {
        return runtime.block_on(serve());
    }
    let calls = argument.map_or(Ok(20_000), |count| count.parse())?;
    runtime.block_on(measure(calls))
}

async fn measure(calls: usize) -> Result<(), Box<dyn Error>> {
    let mut server = Command::new(std::env::current_exe()?).arg("serve").stdout(Stdio::piped()).spawn()?;
    let mut line = String::new();
    BufReader::new(server.stdout.take().ok_or("no stdout")?).read_line(&mut line)?;
    let base_url = line.trim();
    for in_flight in [1, 64] {
        report_bare(base_url, calls, in_flight).await?;
        let chat = json!({"provider": "openai", "base_url": base_url});
        report(&format!("chat, {in_flight} in flight"), chat, calls, in_flight).await?;
        let stream = json!({"provider": "openai", "base_url": base_url, "stream": true});
        report(&format!("chat streamed, {in_flight} in flight"), stream, calls, in_flight).await?;
    }
    report("baseline nearest, 40 examples", json!({"provider": "baseline", "model": "nearest"}), calls, 1).await?;
    server.kill()?;
    server.wait()?;
    Ok(())
}

async fn report(what: &str, spec: Value, calls: usize, in_flight: usize) -> Result<(), Box<dyn Error>> {
    let spec = serde_json::from_value(spec)?;
    let surroundings = Surroundings { env: &|_| None, folder: Path::new("."), recorded: None };
    let model = build("m", &spec, &surroundings)?;
    ask(Arc::clone(&model), calls / 10 / in_flight, in_flight).await?;
    let (started, used) = (Instant::now(), cpu());
    ask(model, calls / in_flight, in_flight).await?;
    print(what, calls, cpu() - used, started.elapsed());
    Ok(())
}

/// The same bytes through the HTTP client alone: what is left is what this crate and async-openai add.
async fn report_bare(base_url: &str, calls: usize, in_flight: usize) -> Result<(), Box<dyn Error>> {
    let client = reqwest::Client::builder().no_proxy().http1_only().build()?;
    let body = bytes::Bytes::from(serde_json::to_vec(&json!({"model": "m", "messages": request().messages}))?);
    let url = format!("{base_url}/chat/completions");
    let (started, used) = (Instant::now(), cpu());
    let lanes: Vec<_> = (0..in_flight)
        .map(|_| (client.clone(), url.clone(), body.clone()))
        .map(|(client, url, body)| {
            tokio::spawn(async move {
                for _ in 0..calls / in_flight {
                    client.post(&url).body(body.clone()).send().await?.bytes().await?;
                }
                Ok::<_, reqwest::Error>(())
            })
        })
        .collect();
    for lane in lanes {
        lane.await??;
    }
    print(&format!("HTTP client alone, {in_flight} in flight"), calls, cpu() - used, started.elapsed());
    Ok(())
}

fn print(what: &str, calls: usize, used: Duration, took: Duration) {
    let each = |time: Duration| time.as_secs_f64() * 1e6 / f64::from(u32::try_from(calls).unwrap_or(u32::MAX));
    println!("{what:<34} {:>7.1} µs CPU a call, {:>7.1} µs a call", each(used), each(took));
}

async fn ask(model: Arc<dyn Model>, each: usize, in_flight: usize) -> Result<(), Box<dyn Error>> {
    let lanes: Vec<_> = (0..in_flight).map(|_| tokio::spawn(lane(Arc::clone(&model), each))).collect();
    for lane in lanes {
        lane.await??;
    }
    Ok(())
}

async fn lane(model: Arc<dyn Model>, calls: usize) -> Result<(), carat_core::ModelError> {
    let request = request();
    let row = Row {
        id: "r".into(),
        input: serde_json::Map::new(),
        expected: None,
        tags: Vec::new(),
        split: None,
        metadata: serde_json::Map::new(),
        messages: Vec::new(),
    };
    let request_digest = request.digest();
    for _ in 0..calls {
        model.complete(Call { request: &request, request_digest, row: &row, prompt: "p", trial: 0 }).await?;
    }
    Ok(())
}

/// Forty examples of some 150 characters each, and a question.
fn request() -> Request {
    let text = |number: usize| {
        format!(
            "Ticket {number}: my invoice number {} shows a charge of {} euros that I cannot explain; please look into it and tell me when it will be refunded, since {} days",
            number * 7919,
            number * 31 % 97,
            number * 13 % 29
        )
    };
    let mut messages = vec![Message::text(Role::System, "Answer with one word: billing, technical or other.")];
    for number in 0..40 {
        messages.push(Message::text(Role::User, text(number)));
        messages.push(Message::text(Role::Assistant, "billing"));
    }
    messages.push(Message::text(Role::User, text(41)));
    Request { messages, tools: Vec::new(), response_format: None, parameters: Parameters::default() }
}

/// The CPU time of this process so far.
fn cpu() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or(0))
}

async fn serve() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}/v1", listener.local_addr()?);
    loop {
        let (connection, _) = listener.accept().await?;
        tokio::spawn(answer(connection));
    }
}

async fn answer(mut connection: TcpStream) -> std::io::Result<()> {
    connection.set_nodelay(true)?;
    let whole =
        format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{WHOLE}", WHOLE.len());
    let events: String = STREAM.iter().map(|event| format!("data: {event}\n\n")).collect();
    let stream = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n{events}\r\n0\r\n\r\n",
        events.len()
    );
    let mut bytes = Vec::new();
    let mut piece = [0; 65536];
    loop {
        let count = connection.read(&mut piece).await?;
        if count == 0 {
            return Ok(());
        }
        bytes.extend_from_slice(&piece[..count]);
        if let Some(streamed) = is_complete(&bytes) {
            bytes.clear();
            connection.write_all(if streamed { stream.as_bytes() } else { whole.as_bytes() }).await?;
        }
    }
}

/// Whether a whole request is there, and if so whether it asks for a stream.
fn is_complete(bytes: &[u8]) -> Option<bool> {
    let head = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let text = std::str::from_utf8(&bytes[..head]).ok()?.to_lowercase();
    let length: usize = text.split("content-length: ").nth(1)?.lines().next()?.trim().parse().ok()?;
    let body = &bytes[head + 4..];
    (body.len() >= length).then(|| body.windows(13).any(|window| window == br#""stream":true"#))
}
