//! One run of a program: something in, something out, and an end in any case.

use std::process::{ExitStatus, Stdio};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, ChildStderr, ChildStdin, Command};

use crate::Secret;
use crate::shown::shown;

/// The most that a program may answer, in bytes.
pub(super) const LONGEST_ANSWER: usize = 8 << 20;

/// How much of the end of stderr is kept, in bytes.
const KEPT_STDERR: usize = 4 << 10;

/// How many lines of stderr, and of an answer that is none, a person is shown.
const SHOWN_LINES: usize = 5;

/// How a program ended and what it wrote.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) status: ExitStatus,
    pub(super) stdout: Vec<u8>,
    /// The end of it.
    stderr: Vec<u8>,
}

impl Ended {
    /// What is wrong with an answer that is none, for a person, without the secrets.
    pub(super) fn complaint(&self, secrets: &[Secret]) -> String {
        let stderr = last_lines(&self.stderr, secrets);
        let stdout = last_lines(&self.stdout, secrets);
        let wrote = match (self.status.success(), stdout.is_empty()) {
            (true, true) => ", but wrote nothing on stdout: an answer is {\"output\": \"…\"}".to_owned(),
            (true, false) => format!(", but wrote no answer ({{\"output\": \"…\"}}) on stdout: {stdout}"),
            (false, _) => String::new(),
        };
        let said = if stderr.is_empty() { String::new() } else { format!("; stderr: {stderr}") };
        format!("ended with {}{wrote}{said}", self.status)
    }
}

/// Why a program did not come to an end of its own.
#[derive(Debug)]
pub(super) enum Failed {
    Missing,
    Forbidden,
    TooLong,
    Other(std::io::Error),
}

impl From<std::io::Error> for Failed {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::NotFound => Self::Missing,
            std::io::ErrorKind::PermissionDenied => Self::Forbidden,
            _ => Self::Other(error),
        }
    }
}

/// Runs a program to its end. When the future is dropped before, the program is killed with all that it started.
pub(super) async fn run(mut command: Command, input: &[u8]) -> Result<Ended, Failed> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    #[cfg(unix)]
    command.process_group(0);
    let mut child = command.spawn()?;
    let group = Group::of(&child);
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let ((), stdout, stderr) = tokio::try_join!(write(stdin, input), read(stdout), read_end(stderr))?;
    let status = child.wait().await.map_err(Failed::Other)?;
    group.has_ended();
    Ok(Ended { status, stdout, stderr })
}

/// A program may answer without reading to the end, or at all; that is its own affair.
async fn write(stdin: Option<ChildStdin>, input: &[u8]) -> Result<(), Failed> {
    if let Some(mut stdin) = stdin {
        drop(stdin.write_all(input).await);
        drop(stdin.shutdown().await);
    }
    Ok(())
}

async fn read(stdout: Option<impl AsyncRead + Unpin>) -> Result<Vec<u8>, Failed> {
    let mut bytes = Vec::new();
    if let Some(stdout) = stdout {
        let limit = LONGEST_ANSWER as u64 + 1;
        stdout.take(limit).read_to_end(&mut bytes).await.map_err(Failed::Other)?;
    }
    if bytes.len() > LONGEST_ANSWER { Err(Failed::TooLong) } else { Ok(bytes) }
}

/// Reads all, so that the program is never held up, and keeps the end.
async fn read_end(stderr: Option<ChildStderr>) -> Result<Vec<u8>, Failed> {
    let mut kept = Vec::new();
    let Some(mut stderr) = stderr else { return Ok(kept) };
    let mut piece = [0; 4096];
    loop {
        let count = stderr.read(&mut piece).await.map_err(Failed::Other)?;
        if count == 0 {
            return Ok(kept);
        }
        kept.extend_from_slice(&piece[..count]);
        kept.drain(..kept.len().saturating_sub(KEPT_STDERR));
    }
}

fn last_lines(bytes: &[u8], secrets: &[Secret]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let hidden = secrets.iter().fold(text, |text, secret| secret.hide_in(&text).into_owned().into());
    // What begins where the rest was cut off may be the end of a secret.
    let longest = secrets.iter().map(|secret| secret.expose().len()).max().unwrap_or(0);
    let cut = if bytes.len() == KEPT_STDERR { hidden.ceil_char_boundary(longest) } else { 0 };
    let lines: Vec<&str> = hidden[cut..].lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    shown(&lines[lines.len().saturating_sub(SHOWN_LINES)..].join(" | "), secrets)
}

/// The process group of a program: itself and what it started. Killed when dropped, unless the program has ended.
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

    fn has_ended(mut self) {
        self.leader = None;
    }
}

#[cfg(unix)]
impl Drop for Group {
    fn drop(&mut self) {
        if let Some(leader) = self.leader {
            // The leader has not been waited for yet, so its number cannot be another process's.
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

    fn has_ended(self) {}
}
