//! A real browser without a window.

use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Opens the page of this file, with a fragment behind its address; the page as it is once its script has run.
pub(crate) fn opened(file: &Path, fragment: &str) -> String {
    let profile = tempfile::tempdir().unwrap();
    let mut browser = Command::new(chromium())
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync", "--dump-dom"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("file://{}#{fragment}", file.display()))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut stdout = browser.stdout.take().unwrap();
    let reading = std::thread::spawn(move || {
        let mut page = Vec::new();
        stdout.read_to_end(&mut page).map(|_| page)
    });
    let until = Instant::now() + Duration::from_secs(90);
    while browser.try_wait().unwrap().is_none() {
        if Instant::now() > until {
            browser.kill().unwrap();
            panic!("the browser did not come to an end in 90 s");
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    String::from_utf8(reading.join().unwrap().unwrap()).unwrap()
}

/// The browser's program. A page that was never opened was not tested: without a browser the test fails.
fn chromium() -> String {
    let named = std::env::var("CARAT_TEST_BROWSER").ok();
    let known = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"].map(str::to_owned);
    let answers = |program: &String| {
        let asked = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        asked.is_ok_and(|status| status.success())
    };
    named.into_iter().chain(known).find(answers).unwrap_or_else(|| {
        panic!("there is no Chromium: `apt-get install chromium`, or name another one in CARAT_TEST_BROWSER")
    })
}
