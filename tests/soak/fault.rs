//! The storm: every fault that was asked for, in random order, with articles coming all the while.

use std::fmt;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use crate::Args;
use crate::articles::article;
use crate::check;
use crate::checks::Dice;
use crate::cluster::Cluster;
use crate::service::SESSION;
use crate::topics::{Topics, in_sync, lag, make, produce};
use crate::workers::{GROUP, Workers};

#[derive(Clone, Copy, Debug)]
enum Fault {
    Kill,
    Stop,
    BrokerKill,
    Rolling,
    BlackHole,
    Guest,
}

/// Longer than any timeout of the workers: that of sockets (20 s), of a poll (20 s), of session, transaction and delivery (less).
const HOLE: Duration = Duration::from_secs(27);
/// A black hole must be noticed within this time, and work go on within that after it is gone.
const NOTICED: Duration = Duration::from_secs(30);
const HEALED: Duration = Duration::from_secs(10);

/// What became of it.
#[derive(Default)]
pub struct Told {
    faults: Vec<Fault>,
    events: usize,
    restarts: usize,
    noticed: Vec<Duration>,
    healed: Vec<Duration>,
    storm: Duration,
    drained: Duration,
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |kind: &str| self.faults.iter().filter(|fault| format!("{fault:?}") == kind).count();
        for (what, kind) in [
            ("workers killed", "Kill"),
            ("workers stopped", "Stop"),
            ("brokers killed", "BrokerKill"),
            ("rolling restarts", "Rolling"),
            ("black holes", "BlackHole"),
            ("guests", "Guest"),
        ] {
            writeln!(f, "{what:<44}{:>8}", count(kind))?;
        }
        let longest = |times: &[Duration]| times.iter().max().map_or(0.0, Duration::as_secs_f64);
        writeln!(f, "{:<44}{:>8}", "workers that ended without Kafka, restarted", self.restarts)?;
        writeln!(f, "{:<44}{:>8}", "events", self.events)?;
        writeln!(f, "{:<44}{:>8.1} s", "black hole noticed after, at most", longest(&self.noticed))?;
        writeln!(f, "{:<44}{:>8.1} s", "work went on after healing, at most", longest(&self.healed))?;
        writeln!(f, "{:<44}{:>8.1} s", "the storm", self.storm.as_secs_f64())?;
        write!(f, "{:<44}{:>8.1} s", "until all was committed", self.drained.as_secs_f64())
    }
}

pub fn storm(args: &Args) -> Told {
    let mut cluster = Cluster::of(3);
    let topics = make(&cluster, "soak", crate::checks::LARGE);
    let mut workers = Workers::hire(&cluster, &topics, args.workers);
    let mut dice = Dice(args.seed);
    let mut told = Told { faults: shuffled(args, &mut dice), ..Told::default() };
    let started = Instant::now();
    let mut made = 0;
    for (nth, fault) in told.faults.clone().into_iter().enumerate() {
        let more = args.articles * (nth + 1) / told.faults.len();
        produce(&cluster, &topics.articles, (made..more).map(article));
        made = more;
        std::thread::sleep(Duration::from_millis(dice.roll(100, 2500)));
        println!("soak: {:>6.1} s, {made:>8} articles made: {fault:?}", started.elapsed().as_secs_f64());
        strike(fault, nth, &mut cluster, &topics, &mut workers, &mut dice, &mut told);
        workers.supervise(&cluster);
    }
    produce(&cluster, &topics.articles, (made..args.articles).map(article));
    told.storm = started.elapsed();
    await_all(&cluster, &topics, &mut workers);
    told.drained = started.elapsed();
    told.restarts = workers.restarts;
    workers.dismiss();
    told.events = check::exactly_once(&cluster, &topics, args.articles);
    told
}

fn shuffled(args: &Args, dice: &mut Dice) -> Vec<Fault> {
    let kinds = [
        (Fault::Kill, args.kills),
        (Fault::Stop, args.stops),
        (Fault::BrokerKill, args.broker_kills),
        (Fault::Rolling, args.rolling),
        (Fault::BlackHole, args.black_holes),
        (Fault::Guest, args.guests),
    ];
    let mut faults: Vec<Fault> = kinds.into_iter().flat_map(|(fault, count)| std::iter::repeat_n(fault, count)).collect();
    for at in (1..faults.len()).rev() {
        faults.swap(at, dice.roll(0, at as u64 + 1) as usize);
    }
    faults
}

fn strike(
    fault: Fault,
    nth: usize,
    cluster: &mut Cluster,
    topics: &Topics,
    workers: &mut Workers<'_>,
    dice: &mut Dice,
    told: &mut Told,
) {
    let worker = dice.roll(0, workers.count() as u64) as usize;
    let broker = dice.roll(0, cluster.size() as u64) as usize;
    match fault {
        Fault::Kill => workers.kill(cluster, worker),
        Fault::Stop => {
            workers.signal(worker, Signal::SIGSTOP);
            std::thread::sleep(Duration::from_millis(dice.roll(500, 3 * SESSION.as_millis() as u64)));
            workers.signal(worker, Signal::SIGCONT);
        }
        Fault::BrokerKill => {
            cluster.kill(broker);
            std::thread::sleep(Duration::from_millis(dice.roll(500, 6000)));
            cluster.boot(broker);
            await_in_sync(cluster, topics);
        }
        Fault::Rolling => {
            for broker in 0..cluster.size() {
                cluster.shut_down(broker);
                cluster.boot(broker);
                await_in_sync(cluster, topics);
                workers.supervise(cluster);
            }
        }
        Fault::BlackHole => black_hole(cluster, topics, workers, told),
        Fault::Guest => workers.guest(cluster, nth % 2, Duration::from_millis(dice.roll(500, 6000))),
    }
}

fn black_hole(cluster: &Cluster, topics: &Topics, workers: &mut Workers<'_>, told: &mut Told) {
    // Noticed is what was well before.
    wait(Duration::from_secs(60), "the workers do not become ready", || workers.all_ready());
    let started = Instant::now();
    cluster.black_hole(true);
    wait(NOTICED, "the black hole is not noticed", || workers.all_unready());
    told.noticed.push(started.elapsed());
    std::thread::sleep(HOLE.saturating_sub(started.elapsed()));
    workers.supervise(cluster);
    let before = lag(cluster, GROUP, &topics.articles);
    let healed = Instant::now();
    cluster.black_hole(false);
    if before > 0 {
        wait(HEALED, "work does not go on", || {
            workers.supervise(cluster);
            lag(cluster, GROUP, &topics.articles) < before
        });
        told.healed.push(healed.elapsed());
    }
    println!(
        "soak: a black hole: noticed after {:?}, {before} articles waited, healed after {:?}",
        told.noticed.last(),
        healed.elapsed()
    );
}

fn await_in_sync(cluster: &Cluster, topics: &Topics) {
    wait(Duration::from_secs(120), "the replicas do not catch up", || in_sync(cluster, topics));
}

fn await_all(cluster: &Cluster, topics: &Topics, workers: &mut Workers<'_>) {
    let mut left = i64::MAX;
    let mut since = Instant::now();
    loop {
        workers.supervise(cluster);
        match lag(cluster, GROUP, &topics.articles) {
            0 => return,
            now if now < left => (left, since) = (now, Instant::now()),
            now => assert!(since.elapsed() < Duration::from_secs(120), "{now} articles wait and nothing goes on"),
        }
        std::thread::sleep(Duration::from_millis(300));
    }
}

fn wait(most: Duration, otherwise: &str, mut done: impl FnMut() -> bool) {
    let deadline = Instant::now() + most;
    while !done() {
        assert!(Instant::now() < deadline, "{otherwise} within {most:?}");
        std::thread::sleep(Duration::from_millis(100));
    }
}
