//! The service as an operator runs it: the binary, a configuration in the environment, signals, an exit code.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use entente::stream::sabotage::Bug;
use nix::sys::signal::{self, Signal};
use nix::unistd::Pid;

use crate::checks::patience;
use crate::cluster::Cluster;
use crate::topics::Topics;

pub struct Service {
    child: Child,
    log: PathBuf,
}

/// What differs between the services of the tests.
#[derive(Clone)]
pub struct Options {
    pub group: String,
    pub instance: String,
    pub delivery: &'static str,
    pub extra: Vec<(&'static str, String)>,
    /// Variables of the process that are no part of the configuration.
    pub environment: Vec<(&'static str, String)>,
}

impl Options {
    pub fn new(test: &str, instance: &str) -> Self {
        Self {
            group: test.to_owned(),
            instance: instance.to_owned(),
            delivery: "exactly-once",
            extra: Vec::new(),
            environment: Vec::new(),
        }
    }

    /// The same with a classic bug, where one is given.
    pub fn with(mut self, bug: Option<Bug>) -> Self {
        let named = Bug::ALL.into_iter().filter(|(known, _)| Some(*known) == bug);
        self.environment.extend(named.map(|(_, name)| ("ENTENTE_TEST_BUG", name.to_owned())));
        self
    }
}

/// Short, so that a test waits seconds for what takes most of a minute in production.
pub const SESSION: Duration = Duration::from_millis(3000);

static STARTED: AtomicU32 = AtomicU32::new(0);

impl Service {
    pub fn start(broker: &Cluster, topics: &Topics, options: &Options) -> Self {
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        // Where logs are wanted, they are kept.
        let folder = std::env::var_os("ENTENTE_TEST_LOGS").map_or_else(std::env::temp_dir, PathBuf::from);
        let log = folder.join(format!("entente-delivery-{}-{number}.log", std::process::id()));
        let file = File::create(&log).expect("a log file");
        let mut command = Self::command(broker, topics, options);
        command.arg("run").stdin(Stdio::null()).stdout(Stdio::null()).stderr(file);
        Self { child: command.spawn().expect("the service starts"), log }
    }

    /// The binary with its configuration in the environment, to be given a subcommand.
    pub fn command(broker: &Cluster, topics: &Topics, options: &Options) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_entente"));
        let session = format!("{}ms", SESSION.as_millis());
        let settings = [
            ("KAFKA__BROKERS", broker.worker_address()),
            ("KAFKA__GROUP", options.group.clone()),
            ("TOPICS__ARTICLES", topics.articles.clone()),
            ("TOPICS__EVENTS", topics.events.clone()),
            ("TOPICS__DEAD", topics.dead.clone()),
            ("TOPICS__STATE", topics.dead.replace(".dead", ".state")),
            ("SERVICE__INSTANCE", options.instance.clone()),
            ("SERVICE__DELIVERY", options.delivery.to_owned()),
            ("SERVICE__SESSION_TIMEOUT", session),
            ("SERVICE__TRANSACTION_TIMEOUT", "2s".to_owned()),
            ("SERVICE__MAX_POLL_INTERVAL", "60s".to_owned()),
            ("SERVICE__COMMIT_INTERVAL", "50ms".to_owned()),
            ("SERVICE__REJECTION_SHARE", "1.0".to_owned()),
            ("OPS__LISTEN", String::new()),
            ("OPS__LOG", std::env::var("ENTENTE_TEST_LOG").unwrap_or_else(|_| "info".to_owned())),
        ];
        for (key, value) in settings.into_iter().chain(options.extra.iter().cloned()) {
            command.env(format!("ENTENTE_{key}"), value);
        }
        command.envs(options.environment.iter().cloned());
        command
    }

    /// The binary with the configuration that ships, but for the names of topics.
    pub fn plain_command(broker: &Cluster, topics: &Topics) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_entente"));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let settings = [
            ("KAFKA__BROKERS", broker.worker_address()),
            ("TOPICS__ARTICLES", topics.articles.clone()),
            ("TOPICS__EVENTS", topics.events.clone()),
            ("TOPICS__DEAD", topics.dead.clone()),
            ("OPS__LISTEN", String::new()),
        ];
        command.envs(settings.map(|(key, value)| (format!("ENTENTE_{key}"), value)));
        command
    }

    pub fn signal(&self, signal: Signal) {
        signal::kill(Pid::from_raw(self.child.id() as i32), signal).expect("the service can be signalled");
    }

    /// As a crash would.
    pub fn kill(mut self) {
        self.child.kill().expect("the service can be killed");
        self.child.wait().expect("the service can be waited for");
    }

    pub fn runs(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Waits for the service to end by itself.
    pub fn wait(&mut self, most: Duration) -> ExitStatus {
        let deadline = Instant::now() + most;
        loop {
            if let Some(status) = self.child.try_wait().expect("the service can be waited for") {
                return status;
            }
            assert!(Instant::now() < deadline, "the service does not end; its log:\n{}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// SIGTERM, and the exit code that follows.
    pub fn stop(&mut self) -> Option<i32> {
        self.signal(Signal::SIGTERM);
        self.wait(Duration::from_secs(30)).code()
    }

    /// Waits until the service has said this.
    pub fn await_log(&self, text: &str) {
        let deadline = Instant::now() + patience();
        while !self.log().contains(text) {
            assert!(Instant::now() < deadline, "the service does not say `{text}`; its log:\n{}", self.log());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // A stopped process must go on to die.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("log of a service: {}", self.log.display());
        } else if std::env::var_os("ENTENTE_TEST_LOGS").is_none() {
            let _ = fs::remove_file(&self.log);
        }
    }
}
