//! `entente demo`: the ordinary service on sample articles, with a broker inside this process, so that nothing needs to be installed.

mod samples;
mod tally;
mod view;

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow};
use signal_hook::consts::{SIGINT, SIGTERM};

use self::tally::Tally;
use self::view::View;
use crate::config::{Config, Source};
use crate::event::Event;
use crate::ops::{Health, Lags};
use crate::pipeline::Pipeline;
use crate::record::Record;
use crate::stream::embedded::{EmbeddedBroker, Feeder};
use crate::stream::pool;
use crate::stream::service;

/// Watch sample articles become events, with nothing installed.
///
/// Starts a broker inside this process, publishes some sixty sample articles at a visible pace, runs the ordinary service on them and shows
/// what comes out. The broker is a stand-in for Kafka: everything but the delivery guarantees is the real thing.
#[derive(clap::Args)]
pub struct Args {
    /// End after the last article instead of going round until Ctrl-C.
    #[arg(long)]
    once: bool,
    /// Articles published each second.
    #[arg(long, default_value_t = 8.0, value_parser = rate)]
    rate: f64,
}

fn rate(text: &str) -> Result<f64, String> {
    text.parse().ok().filter(|rate| (0.1..=1000.0).contains(rate)).ok_or_else(|| "expected a number from 0.1 to 1000".to_owned())
}

const PARTITIONS: i32 = 3;
/// The embedded broker takes some seconds to let the service into its group.
const START: Duration = Duration::from_secs(30);
/// Without a new record for this long after the last article, all has been seen.
const QUIET: Duration = Duration::from_millis(1500);

pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let broker = EmbeddedBroker::start(&["articles.raw", "relations.events", "articles.dead", "articles.state"], PARTITIONS)?;
    let config =
        Config::load(&Source { file: None, environment: vec![("ENTENTE_KAFKA__BROKERS".to_owned(), broker.brokers())] })?;
    let pipeline = Pipeline::embedded()?.with_judge(config.coder.judge)?;
    let samples = samples::all();
    let view = View::new(args.once.then_some(samples.len() as u64));
    view.note("The broker in this process is a stand-in for Kafka; the service is the one that `entente run` runs.");
    view.note("Joining the consumer group (some seconds) …");

    let stop = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        signal_hook::flag::register(signal, Arc::clone(&stop))?;
    }
    let code = pool::coder(pipeline);
    let (config, health) = (Arc::new(config), Arc::new(Health::new(START)));
    let worker = {
        let stop = Arc::clone(&stop);
        thread::spawn(move || {
            let ended = service::run(config, code, health, Arc::new(Lags::default()), &stop);
            // A service that failed ends the demo.
            stop.store(true, Ordering::Relaxed);
            ended
        })
    };
    let feed = feed(broker.feeder()?, samples, args, &stop);
    let tally = watch(&broker, &view, args.once, &feed, &stop)?;
    stop.store(true, Ordering::Relaxed);
    let ended = worker.join().map_err(|_| anyhow!("the service panicked"))?;
    feed.thread.join().map_err(|_| anyhow!("the feeder panicked"))??;
    view.finish();
    ended.context("the service stopped")?;
    println!("\n{}", tally.summary());
    println!(
        "\nNext: `entente extract FILE` codes articles of yours; `entente check` and `entente run` work on a Kafka of yours."
    );
    Ok(if tally.events > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The thread that publishes.
struct Feed {
    published: Arc<AtomicU64>,
    done: Arc<AtomicBool>,
    thread: thread::JoinHandle<anyhow::Result<()>>,
}

fn feed(feeder: Feeder, samples: Vec<&'static [u8]>, args: &Args, stop: &Arc<AtomicBool>) -> Feed {
    let (published, done, stop) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)), Arc::clone(stop));
    let (counter, end) = (Arc::clone(&published), Arc::clone(&done));
    let (once, pause) = (args.once, Duration::from_secs_f64(1.0 / args.rate));
    let thread = thread::spawn(move || {
        loop {
            for (number, sample) in samples.iter().enumerate() {
                if stop.load(Ordering::Relaxed) {
                    return Ok(());
                }
                feeder.send("articles.raw", Some(number.to_string().as_bytes()), Some(sample), &[])?;
                counter.fetch_add(1, Ordering::Relaxed);
                thread::sleep(pause);
            }
            if once {
                feeder.flush(START)?;
                end.store(true, Ordering::Relaxed);
                return Ok(());
            }
        }
    });
    Feed { published, done, thread }
}

/// Shows what comes out until the feed is done and nothing more comes, or a signal says stop.
fn watch(broker: &EmbeddedBroker, view: &View, once: bool, feed: &Feed, stop: &AtomicBool) -> anyhow::Result<Tally> {
    let follower = broker.follower(&["relations.events", "articles.dead"], PARTITIONS)?;
    let mut tally = Tally::default();
    let started = Instant::now();
    let mut last = Instant::now();
    while !stop.load(Ordering::Relaxed) {
        if let Some(record) = follower.next(Duration::from_millis(100)) {
            if tally.events + tally.dead_letters() == 0 {
                view.heading();
            }
            show(&record, view, &mut tally)?;
            last = Instant::now();
        }
        tally.published = feed.published.load(Ordering::Relaxed);
        view.counts(&tally);
        let seen = tally.events > 0 || started.elapsed() > START;
        if once && seen && feed.done.load(Ordering::Relaxed) && last.elapsed() > QUIET {
            break;
        }
    }
    Ok(tally)
}

fn show(record: &Record, view: &View, tally: &mut Tally) -> anyhow::Result<()> {
    if &*record.topic == "relations.events" {
        let event: Event = serde_json::from_slice(record.payload.as_deref().unwrap_or_default())
            .context("an event is not as its schema says")?;
        tally.event(&event);
        view.event(&event);
    } else {
        let header = |name| record.header(name).map(|value| String::from_utf8_lossy(value).into_owned()).unwrap_or_default();
        let reason = header("entente.error.reason");
        view.dead_letter(&reason, &header("entente.error.message"));
        tally.dead_letter(&reason);
    }
    Ok(())
}
