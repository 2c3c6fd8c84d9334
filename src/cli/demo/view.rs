//! What the demo shows while it runs: a line an event, a line a dead letter, and below them a line of counts and rates.
//!
//! On a terminal the last line stays in place and the others scroll above it; elsewhere the lines are printed and that is all.

use std::time::{Duration, Instant};

use console::{Style, Term, style, truncate_str};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::tally::Tally;
use crate::cli::table;
use crate::event::{Event, Quad, Status};

pub struct View {
    bar: ProgressBar,
    terminal: bool,
    width: usize,
    started: Instant,
}

impl View {
    /// A view on stdout that expects `articles` to be published, or an endless stream of them.
    pub fn new(articles: Option<u64>) -> Self {
        let term = Term::stdout();
        let terminal = term.is_term();
        let width = if terminal { usize::from(term.size().1) } else { 140 };
        let target = if terminal { ProgressDrawTarget::stdout() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(articles, target);
        let template =
            if articles.is_some() { "{bar:24.cyan/dim} {pos}/{len} articles  {msg}" } else { "{spinner} {pos} articles  {msg}" };
        bar.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.enable_steady_tick(Duration::from_millis(120));
        Self { bar, terminal, width, started: Instant::now() }
    }

    pub fn heading(&self) {
        let heading = format!("{:<23}  {:<9}  {:<29}  {:<11}  {:>5}  words", "when", "who whom", "act", "status", "score");
        self.line(&style(heading).bold().to_string());
    }

    pub fn event(&self, event: &Event) {
        let quad = quad_style(event.event.quad);
        let real = matches!(event.status, Status::Occurred | Status::Ongoing);
        let status = if real { Style::new() } else { Style::new().dim().italic() };
        let arrow = if event.reciprocal { '↔' } else { '→' };
        let line = format!(
            "{:<23}  {:<9}  {}  {}  {:>+5.1}  {}",
            table::when(event),
            format!("{}{arrow}{}", event.source.country, event.target.country),
            quad.apply_to(format!("{:<29}", table::act(event))),
            status.apply_to(format!("{:<11}", event.status.as_str())),
            event.event.score,
            table::words(event),
        );
        self.line(&line);
    }

    pub fn dead_letter(&self, reason: &str, message: &str) {
        let line = format!("{:<23}  {}  {message}", "", style(format!("dead letter: {reason}")).red());
        self.line(&line);
    }

    pub fn note(&self, text: &str) {
        self.line(&style(text).dim().to_string());
    }

    pub fn counts(&self, tally: &Tally) {
        let seconds = self.started.elapsed().as_secs_f64().max(0.001);
        self.bar.set_position(tally.published);
        self.bar.set_message(format!(
            "{} events ({:.1}/s)  {} dead letters  {} dyads",
            tally.events,
            tally.events as f64 / seconds,
            tally.dead_letters(),
            tally.dyads.len()
        ));
    }

    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn line(&self, text: &str) {
        if self.terminal {
            self.bar.println(truncate_str(text, self.width.max(40), "…"));
        } else {
            println!("{}", truncate_str(text, self.width, "…"));
        }
    }
}

fn quad_style(quad: Quad) -> Style {
    match quad {
        Quad::VerbalCooperation => Style::new().cyan(),
        Quad::MaterialCooperation => Style::new().green(),
        Quad::VerbalConflict => Style::new().yellow(),
        Quad::MaterialConflict => Style::new().red(),
    }
}
