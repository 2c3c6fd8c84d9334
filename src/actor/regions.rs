//! "The two Nordic leaders", "the Gulf state", "the kingdom", "the agency": phrases that mean one of some states or organisations only, from
//! `config/lexicon/actors/regions.tsv`; and names for some states together, from `unions.tsv`.

use super::gazetteer::Gazetteer;
use super::lexicon::{Entry, GazetteerError, Kind, Line, Reference, lines};
use super::mention::ActorCode;
use super::words::List;

impl Gazetteer {
    /// Columns: words, use (`adjective`, before the words of the lists plural-party and single-party, `noun`, a state after "the", `body`, an
    /// organisation after "the", or `office`, a role that only those states have), codes, example. The code `*` is any state.
    pub(super) fn read_regions(&mut self, (file, text): (&str, &str)) -> Result<(), GazetteerError> {
        for line in lines(file, text) {
            line.example(3)?;
            let any = line.column(2) == "*";
            let code = |code| ActorCode::new(code).ok_or_else(|| line.error(format!("`{code}` is not an actor code")));
            let members = line.alternatives(2).filter(|_| !any).map(code).collect::<Result<Vec<_>, _>>()?;
            let words: Vec<&str> = line.alternatives(0).collect();
            match line.column(1) {
                "adjective" => self.add_region(&words, &members, &line)?,
                "noun" => {
                    let names: Vec<String> = words.iter().map(|word| format!("the {word}")).collect();
                    self.add_reference(Reference::Country, &members, &names, &line)?;
                }
                "body" => {
                    let names: Vec<String> = words.iter().map(|word| format!("the {word}")).collect();
                    self.add_reference(Reference::Organisation, &members, &names, &line)?;
                }
                "office" => words.iter().for_each(|word| self.add_office(word, &members)),
                other => return Err(line.error(format!("`{other}` is not a use: adjective, noun, body or office"))),
            }
        }
        Ok(())
    }

    /// Columns: names, codes, example.
    pub(super) fn read_unions(&mut self, (file, text): (&str, &str)) -> Result<(), GazetteerError> {
        for line in lines(file, text) {
            line.example(2)?;
            let code = |code| ActorCode::new(code).ok_or_else(|| line.error(format!("`{code}` is not an actor code")));
            let members = line.alternatives(1).map(code).collect::<Result<Vec<_>, _>>()?;
            self.add(Entry { members, ..Entry::new(Kind::Union, "") }, line.alternatives(0), &line)?;
        }
        Ok(())
    }

    fn add_region(&mut self, adjectives: &[&str], members: &[ActorCode], line: &Line) -> Result<(), GazetteerError> {
        const HEADS: [(&str, Reference, List); 5] = [
            ("the two", Reference::Pair, List::PluralParty),
            ("both", Reference::Pair, List::PluralParty),
            ("the three", Reference::Three, List::PluralParty),
            ("the four", Reference::Four, List::PluralParty),
            ("the", Reference::Country, List::SingleParty),
        ];
        for (opening, reference, list) in HEADS {
            let nouns: Vec<String> = self.words.of(list).map(str::to_owned).collect();
            let named = |adjective| nouns.iter().map(move |noun| format!("{opening} {adjective} {noun}"));
            let names: Vec<String> = adjectives.iter().flat_map(named).collect();
            self.add_reference(reference, members, &names, line)?;
        }
        Ok(())
    }

    fn add_reference(
        &mut self,
        reference: Reference,
        members: &[ActorCode],
        names: &[String],
        line: &Line,
    ) -> Result<(), GazetteerError> {
        let entry = Entry { members: members.to_vec(), ..Entry::new(Kind::Anaphor(reference), "") };
        self.add(entry, names.iter().map(String::as_str), line)
    }
}
