//! Events as rows of a terminal table, for `extract` and `demo`.

use comfy_table::{Attribute, Cell, Color, ContentArrangement, Table, presets};

use crate::event::{Event, Granularity, Quad, Status};

/// An empty table with the columns of an event. `colour` is false where the output is not a terminal.
pub fn events(events: &[Event], colour: bool) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_NO_BORDERS).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(["when", "who", "act", "whom", "status", "score", "sure", "words"]);
    for event in events {
        table.add_row(row(event, colour));
    }
    table
}

fn row(event: &Event, colour: bool) -> Vec<Cell> {
    let act = Cell::new(act(event));
    let status = Cell::new(event.status.as_str());
    let (act, status) =
        if colour { (act.fg(quad_colour(event.event.quad)), dim_unreal(status, event.status)) } else { (act, status) };
    vec![
        Cell::new(when(event)),
        Cell::new(&event.source.country),
        act,
        Cell::new(&event.target.country),
        status,
        Cell::new(format!("{:+.1}", event.event.score)),
        Cell::new(format!("{:.2}", event.confidence)),
        Cell::new(words(event)),
    ]
}

/// "CONSULT visit", and the PLOVER class where status makes it another: "CONSULT visit → AGREE".
pub fn act(event: &Event) -> String {
    let coding = &event.event;
    let mut text = coding.act.to_string();
    if let Some(mode) = coding.mode {
        text.push(' ');
        text.push_str(mode.as_str());
    }
    if coding.plover != coding.act {
        text.push_str(" → ");
        text.push_str(coding.plover.as_str());
    }
    text
}

/// The day, or the first and last day of a longer stretch. A date that is only that of publication stands in brackets.
pub fn when(event: &Event) -> String {
    match &event.date {
        None => String::new(),
        Some(date) if date.granularity == Granularity::Published => format!("({})", date.start),
        Some(date) if date.start == date.end => date.start.to_string(),
        Some(date) => format!("{} – {}", date.start, date.end),
    }
}

/// The words the event rests on, from the first party or trigger to the last.
pub fn words(event: &Event) -> String {
    let trigger = event.event.trigger.span;
    let told = event.evidence.iter().find(|evidence| evidence.span.contains(trigger));
    let Some(evidence) = told.or(event.evidence.first()) else { return String::new() };
    let inside = [event.source.span, event.target.span, trigger];
    let inside = inside.into_iter().filter(|span| evidence.span.contains(*span));
    let Some(cover) = inside.reduce(|a, b| a.cover(b)) else { return evidence.text.clone() };
    let start = (cover.start - evidence.span.start) as usize;
    let end = (cover.end - evidence.span.start) as usize;
    evidence.text.get(start..end).unwrap_or(&evidence.text).to_owned()
}

pub fn quad_colour(quad: Quad) -> Color {
    match quad {
        Quad::VerbalCooperation => Color::Cyan,
        Quad::MaterialCooperation => Color::Green,
        Quad::VerbalConflict => Color::Yellow,
        Quad::MaterialConflict => Color::Red,
    }
}

fn dim_unreal(cell: Cell, status: Status) -> Cell {
    match status {
        Status::Occurred | Status::Ongoing => cell,
        Status::Anticipated | Status::Conditional | Status::Negated | Status::Denied => cell.add_attribute(Attribute::Dim),
    }
}
