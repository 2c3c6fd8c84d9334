//! Reading a document for mentions: the names of each sentence, what their context takes away, the phrases they head, and what those
//! refer to in the light of the article so far.

use super::called::is_short_form;
use super::context;
use super::gazetteer::Gazetteer;
use super::lexicon::{Kind, Month, month};
use super::memory::Memory;
use super::mention::{ActorCode, MentionKind, Mentions};
use super::names::{Found, Scan};
use super::phrase::{Phrase, phrases};
use super::view::{Item, View};
use super::words::List;
use crate::article::Article;
use crate::span::Span;
use crate::syntax::Document;

impl Gazetteer {
    /// Finds the mentions of `document`, which must be the analysis of `article`, and writes them to `out` in text order. They do not
    /// overlap: "the foreign minister of Iran" is one.
    pub fn mentions(&self, article: &Article, document: &Document, out: &mut Mentions) {
        out.all.clear();
        let mut reader = Reader {
            gazetteer: self,
            month: article.published.map(|date| month(date.year(), date.month())),
            scan: Scan::default(),
            items: Vec::new(),
            memory: Memory::at_home(self.home(article), self.author(article)),
        };
        for (index, sentence) in document.sentences.iter().enumerate() {
            let view = View { text: &article.text, document, sentence, index: index as u32, words: &self.words };
            reader.sentence(view, out);
        }
    }

    /// The state in which the article was written, by its dateline, else by the place in the publisher's name.
    fn home(&self, article: &Article) -> Option<ActorCode> {
        let dateline = article.dateline.as_ref().and_then(|dateline| dateline.place.as_deref());
        let place = dateline.or(article.publisher.as_deref())?;
        let mut scan = Scan::default();
        self.scan(place, 0, &mut scan);
        let found = scan.found.last().copied()?;
        self.entry(self.meant(found, None)?).code.filter(|code| self.is_state(*code))
    }

    /// Whose statement the article is: a publisher that is an actor, or a public body with a state or its capital in its name.
    fn author(&self, article: &Article) -> Option<ActorCode> {
        let publisher = article.publisher.as_deref()?;
        let mut scan = Scan::default();
        self.scan(publisher, 0, &mut scan);
        let lower = publisher.to_lowercase();
        let public = self.words.of(List::PublicBody).any(|body| lower.contains(body));
        let whole = |span: Span| span.len() + "the ".len() >= publisher.len();
        let code = |found: &Found, place: bool| {
            let entry = self.entry(self.meant(*found, None)?);
            let fits = !place || matches!(entry.kind, Kind::State | Kind::Adjective | Kind::Capital);
            entry.code.filter(|_| fits)
        };
        // "Ministry of State Security of Georgia": the place tells, whatever body elsewhere has such a name.
        let mut ways = [true, false].into_iter();
        ways.find_map(|place| scan.found.iter().filter(|found| public || whole(found.span)).find_map(|found| code(found, place)))
    }
}

/// Buffers and the memory of one article.
struct Reader<'a> {
    gazetteer: &'a Gazetteer,
    month: Option<Month>,
    scan: Scan,
    items: Vec<Item>,
    memory: Memory,
}

impl Reader<'_> {
    fn sentence(&mut self, view: View, out: &mut Mentions) {
        self.find_items(view);
        context::strike(&view, &mut self.items);
        let mut phrases = phrases(self.gazetteer, view, self.month, &mut self.items);
        self.add_surnames(view, &mut phrases, out);
        self.memory.give_voice(view, &mut phrases, out);
        for phrase in phrases {
            self.memory.record(view, self.gazetteer, phrase, out);
        }
    }

    /// The names of the gazetteer in the sentence, with their tokens.
    fn find_items(&mut self, view: View) {
        self.items.clear();
        let span = view.sentence.span;
        self.gazetteer.scan(span.of(view.text), span.start, &mut self.scan);
        let mut token = view.sentence.tokens.start;
        for found in &self.scan.found {
            // Names and tokens both stand in text order.
            while view.token(token).is_some_and(|token| token.span.end <= found.span.start) {
                token += 1;
            }
            let first = token;
            while view.token(token + 1).is_some_and(|next| next.span.start < found.span.end) {
                token += 1;
            }
            if !view.token(first).is_some_and(|token| token.span.overlaps(found.span)) {
                continue;
            }
            let Some(entry) = self.gazetteer.meant(*found, self.month) else { continue };
            let held = self.gazetteer.entry(entry);
            self.items.push(Item { span: found.span, first, last: token, kind: held.kind, entry, code: held.code, taken: false });
            // Two names may share a token ("Pak-Russia" where it is one word): the next starts from the same.
        }
    }

    /// Persons whom the article introduced by their full name and now calls by a part of it, and bodies that it calls by their letters.
    fn add_surnames(&self, view: View, phrases: &mut Vec<Phrase>, out: &Mentions) {
        if self.memory.is_empty() {
            return;
        }
        for phrase in phrases.iter_mut().filter(|phrase| phrase.kind == MentionKind::Person && phrase.first == phrase.last) {
            self.prefer_introduced(view, phrase, out);
        }
        let mut added = Vec::new();
        let mut next = phrases.iter().peekable();
        let mut token = view.tokens().start;
        while token < view.tokens().end {
            while next.peek().is_some_and(|phrase| phrase.last < token) {
                next.next();
            }
            let free = next.peek().is_none_or(|phrase| token < phrase.first);
            // A tagger may take "the JCS" for a noun.
            let name = view.is_name_word(token) || is_short_form(view.word(token));
            let found = if free && name && !self.is_explained(token) { self.surname_at(view, token, out) } else { None };
            match found {
                Some(phrase) => {
                    token = phrase.last + 1;
                    added.push(phrase);
                }
                None => token += 1,
            }
        }
        if !added.is_empty() {
            phrases.append(&mut added);
            phrases.sort_by_key(|phrase| phrase.first);
        }
    }

    /// "Mr Sobotka" is the Sobotka whom the article has introduced, whoever else is known by that name.
    fn prefer_introduced(&self, view: View, phrase: &mut Phrase, out: &Mentions) {
        let called = self.memory.called(view.word(phrase.first)).map(|(mention, _)| mention);
        let Some((mention, known)) = called.and_then(|mention| Some((mention, out.all.get(mention as usize)?))) else { return };
        if known.name.is_none() || known.name == phrase.name || known.actors == phrase.actors {
            return;
        }
        if let Some(mut introduced) = self.memory.person(mention, out) {
            (introduced.first, introduced.last, introduced.head) = (phrase.first, phrase.last, phrase.head);
            introduced.known = Some(mention);
            *phrase = introduced;
        }
    }

    /// Whether a name of the gazetteer that is no person holds the token.
    fn is_explained(&self, token: u32) -> bool {
        let at = self.items.partition_point(|item| item.last < token);
        self.items.get(at).is_some_and(|item| item.first <= token && !matches!(item.kind, Kind::Cue(_) | Kind::Person))
    }

    fn surname_at(&self, view: View, token: u32, out: &Mentions) -> Option<Phrase> {
        let span = view.token(token)?.span;
        let (mention, length) = self.memory.called(view.text.get(span.start as usize..)?)?;
        let mut phrase = self.memory.person(mention, out)?;
        let end = span.start + length as u32;
        let mut last = token;
        while view.token(last + 1).is_some_and(|next| next.span.start < end) {
            last += 1;
        }
        // "Sergei Lavrov" again in full; but "Ivan Lavrov" is another man, and so is "Sergei Ivanov".
        let mut first = token;
        let name = phrase.name.as_deref().unwrap_or("");
        while view.is_name_word(last + 1) && view.joined(last, last + 1) && !self.is_explained(last + 1) {
            last += 1;
            if !name.split_whitespace().any(|part| part == view.word(last)) {
                return None;
            }
        }
        while first > view.tokens().start
            && view.is_name_word(first - 1)
            && view.joined(first - 1, first)
            && !self.is_explained(first - 1)
        {
            let word = view.word(first - 1);
            if name.split_whitespace().any(|part| part == word)
                || word.ends_with('.')
                || matches!(word, "Mr" | "Mrs" | "Ms" | "Dr" | "Sir")
            {
                first -= 1;
            } else {
                return None;
            }
        }
        (phrase.first, phrase.last, phrase.head) = (first, last, view.head(first, last));
        phrase.known = Some(mention);
        Some(phrase)
    }
}
