//! A clock that is set back and forth under a running worker: only clocks that cannot be set decide anything.

use std::collections::BTreeSet;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::articles::article;
use crate::checks::{LARGE, assert_exactly_once, broker, patience};
use crate::service::{Options, Service};
use crate::topics::{await_end, make, produce};

/// Compiles `clock.c` into `library`.
fn compile(library: &Path) {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/delivery/clock.c");
    let mut compiler = Command::new("cc");
    compiler.args(["-O1", "-shared", "-fPIC", "-o"]).arg(library).arg(source).arg("-ldl");
    assert!(compiler.status().expect("a C compiler can be started").success(), "tests/delivery/clock.c does not compile");
}

#[test]
fn a_clock_that_is_set_back_or_forward_changes_nothing() {
    let broker = broker();
    let topics = make(broker, "clock", LARGE);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (library, clock) = (folder.path().join("clock.so"), folder.path().join("clock"));
    compile(&library);
    let file = File::create(&clock).expect("the folder is writable");
    // Written in place: the worker has it mapped.
    let set = |seconds: i64| file.write_all_at(&seconds.to_ne_bytes(), 0).expect("the clock can be set");
    set(0);
    let environment =
        [("LD_PRELOAD", library.display().to_string()), ("TEST_CLOCK", clock.display().to_string())].into_iter().collect();
    let mut service = Service::start(broker, &topics, &Options { environment, ..Options::new("clock", "a") });
    service.await_log("[0, 1, 2, 3]");
    let mut made = 0;
    for seconds in [0, -3600, 7200, -90_000, 0, -5] {
        set(seconds);
        // While nothing is to do, and while there is.
        std::thread::sleep(Duration::from_millis(700));
        produce(broker, &topics.articles, (made..made + 500).map(article));
        made += 500;
        std::thread::sleep(Duration::from_millis(700));
    }
    await_end(broker, "clock", &topics.articles, patience(), &mut service);
    assert_eq!(service.stop(), Some(0), "{}", service.log());
    assert_exactly_once(broker, &topics, made);
    // It did have another clock: its log says so.
    let hour = |line: &str| Some(line.split_once("\"timestamp\":\"")?.1.get(..13)?.to_owned());
    let hours: BTreeSet<String> = service.log().lines().filter_map(hour).collect();
    assert!(hours.len() >= 2, "the worker saw but one hour: {hours:?}");
}
