//! [`Tally`]: what the demo has seen go by, and the summary it makes of it at the end.

use std::collections::BTreeMap;
use std::fmt::Write;

use comfy_table::{Table, presets};

use crate::event::{Act, Event, Quad, Status};

/// Counts of what came out of the service, as a reader of its output topics sees it.
#[derive(Default)]
pub struct Tally {
    pub published: u64,
    pub events: u64,
    pub acts: BTreeMap<Act, u64>,
    pub statuses: BTreeMap<Status, u64>,
    pub quads: BTreeMap<Quad, u64>,
    /// Events and the sum of their scores.
    pub dyads: BTreeMap<String, (u64, f64)>,
    pub reasons: BTreeMap<String, u64>,
}

impl Tally {
    pub fn event(&mut self, event: &Event) {
        self.events += 1;
        *self.acts.entry(event.event.act).or_default() += 1;
        *self.statuses.entry(event.status).or_default() += 1;
        *self.quads.entry(event.event.quad).or_default() += 1;
        let (count, score) = self.dyads.entry(event.dyad.clone()).or_default();
        *count += 1;
        *score += event.event.score;
    }

    pub fn dead_letter(&mut self, reason: &str) {
        *self.reasons.entry(reason.to_owned()).or_default() += 1;
    }

    pub fn dead_letters(&self) -> u64 {
        self.reasons.values().sum()
    }

    /// A table of acts, statuses and the busiest dyads, for people.
    pub fn summary(&self) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ =
            writeln!(text, "{} articles in, {} events out, {} dead letters\n", self.published, self.events, self.dead_letters());
        let mut table = Table::new();
        table.load_style(presets::UTF8_NO_BORDERS).set_header([
            "acts",
            "statuses",
            "quad classes",
            "busiest dyads (mean score)",
            "dead letters",
        ]);
        table.add_row([listed(&self.acts), listed(&self.statuses), listed(&self.quads), self.busiest(10), listed(&self.reasons)]);
        let _ = write!(text, "{table}");
        text
    }

    fn busiest(&self, most: usize) -> String {
        let mut dyads: Vec<_> = self.dyads.iter().collect();
        dyads.sort_by(|(a, (m, _)), (b, (n, _))| n.cmp(m).then(a.cmp(b)));
        let lines = dyads
            .into_iter()
            .take(most)
            .map(|(dyad, (count, score))| format!("{count:>4}  {dyad}  {:+.1}", score / *count as f64));
        lines.collect::<Vec<_>>().join("\n")
    }
}

/// `count  label` lines, the largest first.
fn listed<K: ToString + Ord>(counts: &BTreeMap<K, u64>) -> String {
    let mut entries: Vec<_> = counts.iter().collect();
    entries.sort_by(|(a, m), (b, n)| n.cmp(m).then(a.cmp(b)));
    entries.into_iter().map(|(label, count)| format!("{count:>4}  {}", label.to_string())).collect::<Vec<_>>().join("\n")
}
