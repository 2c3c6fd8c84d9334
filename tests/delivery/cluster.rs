//! Apache Kafka (KRaft, combined mode), one broker or several, on free ports in a temporary folder, gone when dropped.
//!
//! Tests talk to the brokers directly. Workers may be given another way in, through a [`Proxy`] before each broker, so that the network
//! between them and the brokers can be cut while the tests still see everything.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{self, Signal};
use nix::unistd::Pid;
use rdkafka::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};

use crate::port::free_port;
use crate::proxy::Proxy;

pub struct Cluster {
    folder: tempfile::TempDir,
    nodes: Vec<Node>,
    /// Whether workers go through the proxies.
    relayed: bool,
}

struct Node {
    direct: u16,
    controller: u16,
    proxy: Proxy,
    child: Option<Child>,
}

fn libraries() -> PathBuf {
    let libs = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kafka/.dist/libs");
    assert!(libs.is_dir(), "Apache Kafka is not there: run tests/kafka/fetch, or all tests with tests/run");
    libs
}

fn java(class: &str, heap: &str) -> Command {
    let mut command = Command::new("java");
    command.args([heap, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp"]).arg(libraries().join("*")).arg(class);
    command
}

impl Cluster {
    /// One broker, reached directly, or through a proxy by [`Cluster::proxied_address`].
    pub fn single() -> Self {
        Self::start(1, false)
    }

    /// Several brokers; workers reach each through a proxy.
    pub fn of(count: usize) -> Self {
        Self::start(count, true)
    }

    fn start(count: usize, relayed: bool) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let inner: Vec<u16> = (0..count).map(|_| free_port()).collect();
        let nodes = inner.iter().map(|port| Node {
            direct: free_port(),
            controller: free_port(),
            proxy: Proxy::before(*port),
            child: None,
        });
        let mut cluster = Self { nodes: nodes.collect(), relayed, folder };
        for (node, inner) in inner.iter().enumerate() {
            cluster.prepare(node, *inner);
        }
        for node in 0..count {
            cluster.launch(node);
        }
        (0..count).for_each(|node| cluster.await_broker(node));
        cluster
    }

    /// Writes a broker's configuration and formats its storage.
    fn prepare(&self, node: usize, inner: u16) {
        let count = self.nodes.len();
        let this = &self.nodes[node];
        let voters: Vec<String> =
            self.nodes.iter().enumerate().map(|(id, node)| format!("{}@127.0.0.1:{}", id + 1, node.controller)).collect();
        let (replicas, in_sync) = (count.min(3), count.min(3).div_ceil(2));
        let outside = this.proxy.port();
        let properties = format!(
            "process.roles=broker,controller\nnode.id={}\n\
             listeners=DIRECT://127.0.0.1:{direct},WORKERS://127.0.0.1:{inner},CONTROLLER://127.0.0.1:{}\n\
             advertised.listeners=DIRECT://127.0.0.1:{direct},WORKERS://127.0.0.1:{outside}\n\
             listener.security.protocol.map=DIRECT:PLAINTEXT,WORKERS:PLAINTEXT,CONTROLLER:PLAINTEXT\n\
             inter.broker.listener.name=DIRECT\ncontroller.listener.names=CONTROLLER\ncontroller.quorum.voters={}\n\
             log.dirs={}\ndefault.replication.factor={replicas}\nmin.insync.replicas={in_sync}\n\
             offsets.topic.replication.factor={replicas}\noffsets.topic.num.partitions=4\n\
             transaction.state.log.replication.factor={replicas}\ntransaction.state.log.min.isr={in_sync}\n\
             transaction.state.log.num.partitions=4\nshare.coordinator.state.topic.replication.factor={replicas}\n\
             share.coordinator.state.topic.min.isr={in_sync}\ngroup.initial.rebalance.delay.ms=0\n\
             group.min.session.timeout.ms=1000\ntransaction.abort.timed.out.transaction.cleanup.interval.ms=1000\n\
             auto.create.topics.enable=false\nmessage.max.bytes=33554432\nreplica.fetch.max.bytes=33554432\n\
             broker.session.timeout.ms=4000\nbroker.heartbeat.interval.ms=500\nreplica.lag.time.max.ms=4000\n\
             controlled.shutdown.enable=true\nlog.retention.ms=-1\nlog.roll.hours=87600\nnum.network.threads=2\nnum.io.threads=4\n",
            node + 1,
            this.controller,
            voters.join(","),
            self.file(node, "data").display(),
            direct = this.direct,
        );
        fs::write(self.file(node, "properties"), properties).expect("the folder is writable");
        let mut format = java("kafka.tools.StorageTool", "-Xmx128m");
        format.args(["format", "-t", "AAAAAAAAAAAAAAAAAAAAAA", "-c"]).arg(self.file(node, "properties"));
        let formatted = format.output().expect("java can be started: the delivery tests need Java 17");
        assert!(
            formatted.status.success(),
            "the storage could not be formatted:\n{}",
            String::from_utf8_lossy(&formatted.stderr)
        );
    }

    fn launch(&mut self, node: usize) {
        let log = fs::OpenOptions::new().create(true).append(true).open(self.file(node, "log")).expect("the folder is writable");
        let mut command = java("kafka.Kafka", if self.nodes.len() == 1 { "-Xmx512m" } else { "-Xmx256m" });
        command.arg(self.file(node, "properties")).stdin(Stdio::null());
        command.stdout(log.try_clone().expect("a file can be cloned")).stderr(log);
        let child = command.spawn().expect("java can be started");
        self.mourn(child.id());
        self.nodes[node].child = Some(child);
    }

    /// Has the broker killed when this process ends, however it ends: a cluster that all tests share is never dropped.
    fn mourn(&self, broker: u32) {
        let script =
            "trap '' INT TERM; read -r _; grep -qsF \"$2\" \"/proc/$1/cmdline\" && kill -9 \"$1\"; sleep 1; rm -rf \"$2\"";
        let mut mourner = Command::new("sh");
        mourner.args(["-c", script, "mourner", &broker.to_string()]).arg(self.folder.path());
        mourner.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        // The pipe closes with this process, and only then: the child that holds its other end is not waited for.
        std::mem::forget(mourner.spawn().expect("a shell can be started").stdin);
    }

    fn await_broker(&self, node: usize) {
        let address = format!("127.0.0.1:{}", self.nodes[node].direct);
        let client: BaseConsumer = ClientConfig::new().set("bootstrap.servers", address).create().expect("a client");
        let deadline = Instant::now() + Duration::from_secs(120);
        while client.fetch_metadata(None, Duration::from_millis(500)).is_err() {
            assert!(
                Instant::now() < deadline,
                "a broker does not answer; its log:\n{}",
                fs::read_to_string(self.file(node, "log")).unwrap_or_default()
            );
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Starts a broker on the data it has, and waits until it answers.
    pub fn boot(&mut self, node: usize) {
        self.launch(node);
        self.await_broker(node);
    }

    /// Ends a broker as a crash would.
    pub fn kill(&mut self, node: usize) {
        if let Some(mut child) = self.nodes[node].child.take() {
            child.kill().expect("the broker can be killed");
            child.wait().expect("the broker can be waited for");
        }
    }

    /// Ends a broker as its operator would: it hands over what it leads first.
    pub fn shut_down(&mut self, node: usize) {
        if let Some(mut child) = self.nodes[node].child.take() {
            signal::kill(Pid::from_raw(child.id() as i32), Signal::SIGTERM).expect("the broker can be signalled");
            child.wait().expect("the broker can be waited for");
        }
    }

    /// Lets everything between proxied workers and brokers take so much longer each way.
    pub fn slow_down(&self, delay: Duration) {
        self.nodes.iter().for_each(|node| node.proxy.slow_down(delay));
    }

    /// Cuts the network between proxied workers and brokers without a word to either, or mends it.
    pub fn black_hole(&self, on: bool) {
        self.nodes.iter().for_each(|node| node.proxy.black_hole(on));
    }

    /// The process of the first broker, where it runs.
    pub fn process(&self) -> Option<u32> {
        self.nodes.first()?.child.as_ref().map(Child::id)
    }

    pub fn size(&self) -> usize {
        self.nodes.len()
    }

    /// For the tests themselves.
    pub fn address(&self) -> String {
        self.nodes.iter().map(|node| format!("127.0.0.1:{}", node.direct)).collect::<Vec<_>>().join(",")
    }

    /// For workers.
    pub fn worker_address(&self) -> String {
        if self.relayed { self.proxied_address() } else { self.address() }
    }

    /// For workers whose network a test breaks.
    pub fn proxied_address(&self) -> String {
        self.nodes.iter().map(|node| format!("127.0.0.1:{}", node.proxy.port())).collect::<Vec<_>>().join(",")
    }

    fn file(&self, node: usize, kind: &str) -> PathBuf {
        self.folder.path().join(format!("broker-{}.{kind}", node + 1))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        (0..self.nodes.len()).for_each(|node| self.kill(node));
    }
}
