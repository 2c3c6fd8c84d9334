//! Workers under a supervisor: who ends because Kafka is away is started again, anybody else who ends is a failure.

use std::time::Duration;

use nix::sys::signal::Signal;

use crate::cluster::Cluster;
use crate::door::Door;
use crate::service::{Options, Service};
use crate::topics::Topics;

pub const GROUP: &str = "soak";

pub struct Workers<'a> {
    topics: &'a Topics,
    staff: Vec<Worker>,
    /// How often one ended because Kafka was away, and was started again.
    pub restarts: usize,
}

struct Worker {
    instance: String,
    /// Where it says whether it is ready.
    door: Door,
    service: Service,
}

impl Worker {
    fn start(cluster: &Cluster, topics: &Topics, instance: String) -> Self {
        let door = Door::new();
        let extra = vec![
            // So that a black hole of half a minute is longer than this, too.
            ("SERVICE__MAX_POLL_INTERVAL", "20s".to_owned()),
            door.setting(),
        ];
        let service = Service::start(cluster, topics, &Options { extra, ..Options::new(GROUP, &instance) });
        Self { instance, door, service }
    }

    /// What `/ready` answers; `None` where nobody does.
    fn ready(&self) -> Option<bool> {
        self.door.status("/ready").map(|status| status == 200)
    }
}

impl<'a> Workers<'a> {
    pub fn hire(cluster: &Cluster, topics: &'a Topics, count: usize) -> Self {
        let staff = (0..count).map(|number| Worker::start(cluster, topics, format!("worker-{number}"))).collect();
        Self { topics, staff, restarts: 0 }
    }

    pub fn count(&self) -> usize {
        self.staff.len()
    }

    pub fn kill(&mut self, cluster: &Cluster, number: usize) {
        let worker = self.staff.remove(number);
        let instance = worker.instance.clone();
        worker.service.kill();
        self.staff.insert(number, Worker::start(cluster, self.topics, instance));
    }

    pub fn signal(&self, number: usize, signal: Signal) {
        self.staff[number].service.signal(signal);
    }

    /// Somebody who comes for a while and is sent away.
    pub fn guest(&self, cluster: &Cluster, number: usize, stay: Duration) {
        let mut guest = Worker::start(cluster, self.topics, format!("guest-{number}"));
        std::thread::sleep(stay);
        let code = guest.service.stop();
        assert_eq!(code, Some(0), "a guest leaves in peace; its log:\n{}", guest.service.log());
    }

    /// Looks after those who ended.
    pub fn supervise(&mut self, cluster: &Cluster) {
        for worker in &mut self.staff {
            if worker.service.runs() {
                continue;
            }
            let code = worker.service.wait(Duration::from_secs(1)).code();
            assert_eq!(code, Some(4), "{} ended; its log:\n{}", worker.instance, worker.service.log());
            self.restarts += 1;
            *worker = Worker::start(cluster, self.topics, worker.instance.clone());
        }
    }

    /// Whether no worker calls itself ready.
    pub fn all_unready(&self) -> bool {
        self.staff.iter().all(|worker| worker.ready() != Some(true))
    }

    pub fn all_ready(&self) -> bool {
        self.staff.iter().all(|worker| worker.ready() == Some(true))
    }

    pub fn dismiss(mut self) {
        for worker in &mut self.staff {
            assert_eq!(worker.service.stop(), Some(0), "{} leaves in peace; its log:\n{}", worker.instance, worker.service.log());
        }
    }
}
