//! A disk that is full under the memory of articles: the service says so and ends, and goes on from where it was once there is room.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::articles::article;
use crate::checks::{LARGE, assert_exactly_once, broker, patience, skipped};
use crate::service::{Options, Service};
use crate::topics::{await_end, make, produce};

/// A small file system of its own, gone when dropped.
struct Disk(tempfile::TempDir);

impl Disk {
    /// `None` where this user or this system may not mount one.
    fn mount(size: &str) -> Option<Self> {
        let disk = Self(tempfile::tempdir().expect("a temporary folder"));
        disk.tell(&["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"]).then_some(disk)
    }

    fn grow(&self, size: &str) {
        assert!(self.tell(&["-o", &format!("remount,size={size}")]), "the disk can be made larger");
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn tell(&self, arguments: &[&str]) -> bool {
        let mut mount = Command::new("mount");
        mount.args(arguments).arg(self.path()).stdout(Stdio::null()).stderr(Stdio::null());
        mount.status().is_ok_and(|status| status.success())
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}

#[test]
fn a_full_disk_ends_the_service_and_loses_nothing() {
    let Some(disk) = Disk::mount("1536k") else {
        return skipped("a_full_disk_ends_the_service_and_loses_nothing", "no tmpfs can be mounted here (it takes root)");
    };
    let broker = broker();
    let topics = make(broker, "disk", LARGE);
    let count = 6_000;
    produce(broker, &topics.articles, (0..count).map(article));
    let extra = vec![("STATE__FOLDER", disk.path().display().to_string())];
    let options = Options { extra, ..Options::new("disk", "a") };
    let mut service = Service::start(broker, &topics, &options);
    assert_eq!(service.wait(Duration::from_secs(60)).code(), Some(8), "{}", service.log());
    assert!(service.log().contains("make room there"), "{}", service.log());
    disk.grow("256m");
    let mut service = Service::start(broker, &topics, &options);
    await_end(broker, "disk", &topics.articles, patience(), &mut service);
    assert_eq!(service.stop(), Some(0), "{}", service.log());
    assert_exactly_once(broker, &topics, count);
}
