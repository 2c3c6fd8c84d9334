//! [`Domain`]: matters that are no relations between states, `config/lexicon/frames/domains.txt`.

/// A matter whose words look like relations between states and are not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Domain {
    Sport,
    Market,
    Weather,
    Food,
    Show,
    Past,
}

impl Domain {
    pub const ALL: [Domain; 6] = [Domain::Sport, Domain::Market, Domain::Weather, Domain::Food, Domain::Show, Domain::Past];

    pub fn as_str(self) -> &'static str {
        match self {
            Domain::Sport => "sport",
            Domain::Market => "market",
            Domain::Weather => "weather",
            Domain::Food => "food",
            Domain::Show => "show",
            Domain::Past => "past",
        }
    }
}
