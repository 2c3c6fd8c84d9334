//! A single Kafka broker (KRaft, combined mode) on free ports in a temporary folder, gone when dropped.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rdkafka::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};

pub struct Broker {
    folder: tempfile::TempDir,
    port: u16,
    child: Option<Child>,
}

fn libraries() -> PathBuf {
    let libs = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kafka/.dist/libs");
    assert!(libs.is_dir(), "Apache Kafka is not there: run tests/kafka/fetch, or all tests with tests/run");
    libs
}

fn java(class: &str) -> Command {
    let mut command = Command::new("java");
    command.args(["-Xmx512m", "-XX:TieredStopAtLevel=1", "-cp"]).arg(libraries().join("*")).arg(class);
    command
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port can be bound");
    listener.local_addr().expect("a bound port has an address").port()
}

impl Broker {
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (port, controller) = (free_port(), free_port());
        let data = folder.path().join("data");
        let properties = format!(
            "process.roles=broker,controller\nnode.id=1\n\
             listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}\n\
             advertised.listeners=PLAINTEXT://127.0.0.1:{port}\ncontroller.listener.names=CONTROLLER\n\
             controller.quorum.voters=1@127.0.0.1:{controller}\nlog.dirs={}\n\
             offsets.topic.replication.factor=1\noffsets.topic.num.partitions=4\n\
             transaction.state.log.replication.factor=1\ntransaction.state.log.min.isr=1\ntransaction.state.log.num.partitions=4\n\
             share.coordinator.state.topic.replication.factor=1\nshare.coordinator.state.topic.min.isr=1\n\
             group.initial.rebalance.delay.ms=0\ngroup.min.session.timeout.ms=1000\n\
             transaction.abort.timed.out.transaction.cleanup.interval.ms=1000\nauto.create.topics.enable=false\n\
             message.max.bytes=33554432\nreplica.fetch.max.bytes=33554432\n",
            data.display()
        );
        fs::write(folder.path().join("server.properties"), properties).expect("the folder is writable");
        let mut broker = Self { folder, port, child: None };
        let mut format = java("kafka.tools.StorageTool");
        format.args(["format", "-t", "AAAAAAAAAAAAAAAAAAAAAA", "-c"]).arg(broker.folder.path().join("server.properties"));
        let formatted = format.output().expect("java can be started: the delivery tests need Java 17");
        assert!(
            formatted.status.success(),
            "the storage could not be formatted:\n{}",
            String::from_utf8_lossy(&formatted.stderr)
        );
        broker.boot();
        broker
    }

    /// Starts the broker on the data it has, and waits until it answers.
    pub fn boot(&mut self) {
        let log = fs::OpenOptions::new().create(true).append(true).open(self.log()).expect("the folder is writable");
        let mut command = java("kafka.Kafka");
        command.arg(self.folder.path().join("server.properties")).stdin(Stdio::null());
        command.stdout(log.try_clone().expect("a file can be cloned")).stderr(log);
        self.child = Some(command.spawn().expect("java can be started"));
        let client: BaseConsumer = ClientConfig::new().set("bootstrap.servers", self.address()).create().expect("a client");
        let deadline = Instant::now() + Duration::from_secs(60);
        while client.fetch_metadata(None, Duration::from_millis(500)).is_err() {
            assert!(
                Instant::now() < deadline,
                "the broker does not answer; its log:\n{}",
                fs::read_to_string(self.log()).unwrap_or_default()
            );
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Ends the broker as a crash would.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().expect("the broker can be killed");
            child.wait().expect("the broker can be waited for");
        }
    }

    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("broker.log")
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        self.kill();
    }
}
