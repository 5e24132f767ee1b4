//! Checks run in turn, print a line each, and none of them waits for ever.

use std::fmt::Debug;
use std::io::Write;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

const BOUND: Duration = Duration::from_secs(60);

pub type Outcome = Result<(), String>;

pub fn say(line: &str) {
    let mut out = std::io::stdout();
    // a closed pipe means that nobody listens any more
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

pub fn check(name: &str, body: impl FnOnce() -> Outcome + Send + 'static) {
    let (done, outcome) = mpsc::channel();
    thread::spawn(move || done.send(body()));
    match outcome.recv_timeout(BOUND) {
        Ok(Ok(())) => say(&format!("ok {name}")),
        Ok(Err(failure)) => say(&format!("not ok {name}: {}", failure.replace('\n', " "))),
        Err(mpsc::RecvTimeoutError::Timeout) => say(&format!("not ok {name}: still waiting after {BOUND:?}")),
        Err(mpsc::RecvTimeoutError::Disconnected) => say(&format!("not ok {name}: it panicked")),
    }
}

pub fn equal<T: PartialEq + Debug>(what: &str, actual: T, expected: T) -> Outcome {
    if actual == expected {
        return Ok(());
    }
    let show = |value: T| format!("{value:?}").chars().take(200).collect::<String>();
    Err(format!("{what}: expected {}, got {}", show(expected), show(actual)))
}
