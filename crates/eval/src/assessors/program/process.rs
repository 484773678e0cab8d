//! One run of a program: something in, something out, and an end in any case.

use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use carat_core::untrusted::one_line;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, ChildStdin, Command};

/// How much of the end of standard error is kept, in bytes.
const KEPT_STDERR: usize = 4 << 10;

/// How many lines of it a person is shown, and how many characters.
const SHOWN_LINES: usize = 5;
const LONGEST_SHOWN: usize = 300;

/// How long a program that has ended may be heard: its pipes empty at once, unless a process that left its group holds them.
const ECHO: Duration = Duration::from_secs(1);

/// What a run may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// From its start to its end.
    pub(super) time: Duration,
    /// Bytes on standard output.
    pub(super) output: u64,
}

/// What a program wrote.
#[derive(Debug, Default)]
pub(super) struct Heard {
    pub(super) stdout: Vec<u8>,
    /// The end of it.
    stderr: Vec<u8>,
}

impl Heard {
    /// The last lines of standard error, to be told after what went wrong; empty where there is nothing.
    pub(super) fn complaint(&self) -> String {
        let text = String::from_utf8_lossy(&self.stderr);
        let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let last = lines[lines.len().saturating_sub(SHOWN_LINES)..].join(" | ");
        if last.is_empty() { String::new() } else { format!("; stderr: {}", one_line(&last, LONGEST_SHOWN)) }
    }
}

/// Runs a program to its end: how it ended, or what kept it from ending by itself; and what it wrote until then.
///
/// When the future is dropped before, the program is killed with all that it started.
pub(super) async fn run(command: Command, input: &[u8], limits: Limits) -> (Result<ExitStatus, String>, Heard) {
    let mut heard = Heard::default();
    let ended = match tokio::time::timeout(limits.time, listen(command, input, limits.output, &mut heard)).await {
        Ok(ended) => ended,
        Err(_) => {
            Err(format!("gave no answer within {:?} and was stopped; `program.timeout` sets the limit", limits.time))
        }
    };
    (ended, heard)
}

async fn listen(mut command: Command, input: &[u8], limit: u64, heard: &mut Heard) -> Result<ExitStatus, String> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    #[cfg(unix)]
    command.process_group(0);
    let mut child = command.spawn().map_err(|error| format!("could not be run: {error}"))?;
    let group = Group::of(&child);
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let Heard { stdout: output, stderr: end } = heard;
    let talk =
        async { tokio::try_join!(write(stdin, input), read(stdout, limit, output), read_end(stderr, end)).map(|_| ()) };
    tokio::pin!(talk);
    let lost = |error: std::io::Error| format!("was lost: {error}");
    tokio::select! {
        biased;
        told = &mut talk => {
            told?;
            child.wait().await.map_err(lost)
        }
        ended = child.wait() => {
            // What it has left in the background would go on holding the pipes.
            drop(group);
            if let Ok(told) = tokio::time::timeout(ECHO, talk).await {
                told?;
            }
            ended.map_err(lost)
        }
    }
}

/// A program may answer without reading to the end, or at all; that is its own affair.
async fn write(stdin: Option<ChildStdin>, input: &[u8]) -> Result<(), String> {
    if let Some(mut stdin) = stdin {
        drop(stdin.write_all(input).await);
        drop(stdin.shutdown().await);
    }
    Ok(())
}

async fn read(stdout: Option<impl AsyncRead + Unpin>, limit: u64, bytes: &mut Vec<u8>) -> Result<(), String> {
    let Some(stdout) = stdout else { return Ok(()) };
    let read = stdout.take(limit.saturating_add(1)).read_to_end(bytes).await;
    let read = read.map_err(|error| format!("cannot be heard: {error}"))?;
    if read as u64 > limit {
        return Err(format!("wrote more than {limit} bytes and was stopped; `program.output_limit` sets the limit"));
    }
    Ok(())
}

/// Reads all, so that the program is never held up, and keeps the end.
async fn read_end(stderr: Option<impl AsyncRead + Unpin>, kept: &mut Vec<u8>) -> Result<(), String> {
    let Some(mut stderr) = stderr else { return Ok(()) };
    let mut piece = [0; 4096];
    loop {
        let count = stderr.read(&mut piece).await.map_err(|error| format!("cannot be heard: {error}"))?;
        if count == 0 {
            return Ok(());
        }
        kept.extend_from_slice(&piece[..count]);
        kept.drain(..kept.len().saturating_sub(KEPT_STDERR));
    }
}

/// The process group of a program: itself and what it started. Killed when dropped.
struct Group {
    #[cfg(unix)]
    leader: Option<rustix::process::Pid>,
}

#[cfg(unix)]
impl Group {
    fn of(child: &Child) -> Self {
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        Self { leader: id.and_then(rustix::process::Pid::from_raw) }
    }
}

#[cfg(unix)]
impl Drop for Group {
    fn drop(&mut self) {
        if let Some(leader) = self.leader {
            // The system gives a group's number to nobody else while a process is in it. Where none is left, this comes
            // right after the leader was waited for, before its number has gone around.
            let _ = rustix::process::kill_process_group(leader, rustix::process::Signal::KILL);
        }
    }
}

/// Elsewhere the program itself is killed, by `kill_on_drop`.
#[cfg(not(unix))]
impl Group {
    const fn of(_: &Child) -> Self {
        Self {}
    }
}
