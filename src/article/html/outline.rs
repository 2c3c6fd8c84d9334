//! [`Outline`]: a page as blocks of text in a tree of containers, and what the page says of itself in its head.
//!
//! One pass over the tokens, no tree of nodes: memory is proportional to the page, and elements nested too deep for any page that
//! people wrote are a rejection.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use super::element::Element;
use super::furniture;
use super::tokens::{Tag, Token, Tokens};
use crate::article::html::entity::unescape;
use crate::article::reject;
use crate::record::{Reason, Rejection};

/// Deepest nesting of elements. Browsers stop at 512.
const MAX_DEPTH: usize = 512;

#[derive(Debug, Default)]
pub(super) struct Outline<'a> {
    pub containers: Vec<Container>,
    pub blocks: Vec<Block>,
    /// The text of all blocks end to end.
    pub text: String,
    pub head: Head<'a>,
}

/// What a page says about itself outside of its text.
#[derive(Debug, Default)]
pub(super) struct Head<'a> {
    pub language: Option<Cow<'a, str>>,
    pub title: Option<Cow<'a, str>>,
    pub canonical: Option<Cow<'a, str>>,
    pub json_ld: Vec<&'a str>,
    /// `meta` by lower-case `name`, `property` or `itemprop`; the first of a name holds.
    pub meta: FxHashMap<String, Cow<'a, str>>,
    /// `datetime` of the first `time` element.
    pub time: Option<Cow<'a, str>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Container {
    /// Index of the container around this one; the first is its own.
    pub parent: usize,
    pub role: Role,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    Plain,
    Main,
    Article,
    /// Declared to be the article's body: `itemprop="articleBody"`.
    Declared,
}

#[derive(Clone, Debug)]
pub(super) struct Block {
    /// In [`Outline::text`].
    pub start: usize,
    pub end: usize,
    /// Bytes of it that stand in links.
    pub linked: usize,
    pub kind: BlockKind,
    pub container: usize,
    /// In an element that by its class, or by being hidden, holds no text of the article.
    pub furniture: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BlockKind {
    Paragraph,
    Heading(u8),
    Item,
    Loose,
}

struct Open<'a> {
    element: Element<'a>,
    container: usize,
    /// [`Builder::furniture`] as it was outside of this element.
    furniture_outside: u32,
}

struct Builder<'a> {
    outline: Outline<'a>,
    stack: Vec<Open<'a>>,
    /// How many of each element are open, so that a closing tag without an opening one costs nothing.
    counts: FxHashMap<Element<'a>, u32>,
    skipped: u32,
    /// Open elements that name themselves furniture, counted from the innermost article: what is around it says nothing about it.
    furniture: u32,
    links: u32,
    block_start: usize,
    linked: usize,
}

impl<'a> Outline<'a> {
    pub fn read(page: &'a str) -> Result<Self, Rejection> {
        let root = Container { parent: 0, role: Role::Plain };
        let mut builder = Builder {
            outline: Outline { containers: vec![root], ..Outline::default() },
            stack: Vec::new(),
            counts: FxHashMap::default(),
            skipped: 0,
            furniture: 0,
            links: 0,
            block_start: 0,
            linked: 0,
        };
        for token in Tokens::new(page) {
            match token {
                Token::Text(text) => builder.text(text),
                Token::Open(tag) => builder.open(tag)?,
                Token::Close(element) => builder.close(element),
                Token::Raw(tag, content) => builder.raw(tag, content),
            }
        }
        builder.flush();
        Ok(builder.outline)
    }
}

impl<'a> Builder<'a> {
    fn text(&mut self, text: &str) {
        if self.skipped > 0 {
            return;
        }
        let out = &mut self.outline.text;
        let before = out.len();
        // Line ends in the source are spaces; those in the text come from `br`.
        for (index, word) in unescape(text).split(|c: char| c.is_ascii_whitespace()).enumerate() {
            if index > 0 && !out.ends_with([' ', '\n']) {
                out.push(' ');
            }
            out.push_str(word);
        }
        if self.links > 0 {
            self.linked += out.len() - before;
        }
    }

    fn open(&mut self, tag: Tag<'a>) -> Result<(), Rejection> {
        let element = tag.element;
        while self.stack.last().is_some_and(|open| open.element.closed_by(element)) {
            self.pop();
        }
        // Through what runs on in the line: "<p><b>one<p>two".
        if element.parts_text() || element == Element::Link {
            let near = self.stack.iter().rev().take(8).take_while(|open| !open.element.is_container());
            if let Some(depth) =
                near.enumerate().filter(|(_, open)| open.element.closed_by(element)).map(|(depth, _)| depth).last()
            {
                for _ in 0..=depth {
                    self.pop();
                }
            }
        }
        if element.parts_text() {
            self.flush();
        }
        match element {
            Element::Break if self.skipped == 0 => self.outline.text.push('\n'),
            Element::Meta => self.meta(tag),
            Element::LinkTo => self.link_to(tag),
            Element::Time if self.outline.head.time.is_none() => self.outline.head.time = value(tag, "datetime"),
            _ => {}
        }
        if element.is_void() {
            return Ok(());
        }
        if self.stack.len() >= MAX_DEPTH {
            return Err(reject(Reason::HtmlTooDeep, format!("elements nested deeper than {MAX_DEPTH} levels")));
        }
        self.push(tag);
        Ok(())
    }

    fn push(&mut self, tag: Tag<'a>) {
        let element = tag.element;
        let mut role = match element {
            Element::Article => Role::Article,
            Element::Main => Role::Main,
            _ => Role::Plain,
        };
        let may_be_furniture = !matches!(element, Element::Html | Element::Body | Element::Main | Element::Article);
        let mut is_furniture = false;
        for (name, value) in tag.attributes() {
            match name.to_ascii_lowercase().as_str() {
                "lang" if element == Element::Html => self.outline.head.language = Some(value),
                "itemprop" if value.split_ascii_whitespace().any(|prop| prop == "articleBody") => role = Role::Declared,
                "role" if value == "main" => role = role.max(Role::Main),
                "role" if value == "article" => role = role.max(Role::Article),
                "class" | "id" if may_be_furniture => is_furniture |= furniture::is_named_by(&value),
                "hidden" if may_be_furniture => is_furniture = true,
                "aria-hidden" if may_be_furniture => is_furniture |= value == "true",
                "style" if may_be_furniture => is_furniture |= value.replace(' ', "").contains("display:none"),
                _ => {}
            }
        }
        // A header is the site's, but an article's own holds its first lines.
        is_furniture |= element == Element::Header && !self.counts.contains_key(&Element::Article);
        let container = match element.is_container() {
            true => {
                self.outline.containers.push(Container { parent: self.container(), role });
                self.outline.containers.len() - 1
            }
            false => self.container(),
        };
        self.skipped += u32::from(matches!(element, Element::Skipped(_)));
        let furniture_outside = self.furniture;
        self.furniture = if role == Role::Plain { furniture_outside + u32::from(is_furniture) } else { 0 };
        self.links += u32::from(element == Element::Link);
        *self.counts.entry(element).or_insert(0) += 1;
        self.stack.push(Open { element, container, furniture_outside });
    }

    fn container(&self) -> usize {
        self.stack.last().map_or(0, |open| open.container)
    }

    fn close(&mut self, element: Element<'a>) {
        if self.counts.contains_key(&element) {
            if element.parts_text() {
                self.flush();
            }
            while self.pop().is_some_and(|closed| closed != element) {}
        } else if element == Element::Paragraph {
            // As browsers do: "</p>" alone is an empty paragraph.
            self.flush();
        }
    }

    fn pop(&mut self) -> Option<Element<'a>> {
        if self.stack.last()?.element.parts_text() {
            self.flush();
        }
        let open = self.stack.pop()?;
        self.skipped -= u32::from(matches!(open.element, Element::Skipped(_)));
        self.furniture = open.furniture_outside;
        self.links -= u32::from(open.element == Element::Link);
        if let Some(count) = self.counts.get_mut(&open.element) {
            *count -= 1;
            if *count == 0 {
                self.counts.remove(&open.element);
            }
        }
        Some(open.element)
    }

    /// Ends the block that text was being added to.
    fn flush(&mut self) {
        let (start, end, linked) = (self.block_start, self.outline.text.len(), std::mem::take(&mut self.linked));
        self.block_start = end;
        if self.outline.text.get(start..end).is_none_or(|text| text.trim().is_empty()) {
            return;
        }
        let kind = self.stack.iter().rev().find_map(|open| match open.element {
            Element::Paragraph | Element::Quote => Some(BlockKind::Paragraph),
            Element::Heading(level) => Some(BlockKind::Heading(level)),
            Element::Item => Some(BlockKind::Item),
            element => element.parts_text().then_some(BlockKind::Loose),
        });
        let kind = kind.unwrap_or(BlockKind::Loose);
        let furniture = self.furniture > 0;
        self.outline.blocks.push(Block { start, end, linked, kind, container: self.container(), furniture });
    }

    fn meta(&mut self, tag: Tag<'a>) {
        let (mut name, mut content) = (None, None);
        for (attribute, value) in tag.attributes() {
            match attribute.to_ascii_lowercase().as_str() {
                "name" | "property" | "itemprop" => name = Some(value.to_ascii_lowercase()),
                "content" => content = Some(value),
                _ => {}
            }
        }
        if let (Some(name), Some(content)) = (name, content.filter(|content| !content.trim().is_empty())) {
            self.outline.head.meta.entry(name).or_insert(content);
        }
    }

    fn link_to(&mut self, tag: Tag<'a>) {
        if value(tag, "rel").is_some_and(|rel| rel.eq_ignore_ascii_case("canonical")) && self.outline.head.canonical.is_none() {
            self.outline.head.canonical = value(tag, "href");
        }
    }

    fn raw(&mut self, tag: Tag<'a>, content: &'a str) {
        match tag.element {
            // Pictures have titles too.
            Element::Raw("title") if self.outline.head.title.is_none() && self.skipped == 0 => {
                self.outline.head.title = Some(unescape(content));
            }
            Element::Raw("script")
                if value(tag, "type").is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/ld+json")) =>
            {
                self.outline.head.json_ld.push(content);
            }
            _ => {}
        }
    }
}

fn value<'a>(tag: Tag<'a>, name: &str) -> Option<Cow<'a, str>> {
    tag.attributes().find(|(attribute, value)| attribute.eq_ignore_ascii_case(name) && !value.is_empty()).map(|(_, value)| value)
}
