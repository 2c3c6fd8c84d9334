//! [`Element`]: what an HTML element means for finding the text of an article.

/// An element by what is done with it. Names that mean nothing here are kept as written, to match closing tags with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Element<'a> {
    Html,
    Body,
    Article,
    Main,
    Header,
    /// Parts text and holds other blocks: `div`, `section`, `ul`, `table` …
    Container(&'static str),
    Paragraph,
    /// `h1` to `h6`.
    Heading(u8),
    Item,
    /// `td`, `th`, `dd`, `dt`, `tr`, `caption` …: parts text, and is closed by the next of its like.
    Cell(&'static str),
    Quote,
    Link,
    Time,
    Break,
    Meta,
    LinkTo,
    /// No content and no meaning here.
    Void,
    /// Content that is not the article's text.
    Skipped(&'static str),
    Raw(&'static str),
    /// Runs on in the line.
    Inline(&'a str),
}

impl<'a> Element<'a> {
    pub fn named(name: &'a str) -> Self {
        let mut lower = [0_u8; 12];
        let Some(buffer) = lower.get_mut(..name.len()) else { return Element::Inline(name) };
        buffer.copy_from_slice(name.as_bytes());
        buffer.make_ascii_lowercase();
        match &*buffer {
            b"html" => Element::Html,
            b"body" => Element::Body,
            b"article" => Element::Article,
            b"main" => Element::Main,
            b"header" => Element::Header,
            b"div" => Element::Container("div"),
            b"section" => Element::Container("section"),
            b"ul" => Element::Container("ul"),
            b"ol" => Element::Container("ol"),
            b"dl" => Element::Container("dl"),
            b"table" => Element::Container("table"),
            b"tbody" => Element::Container("tbody"),
            b"thead" => Element::Container("thead"),
            b"tfoot" => Element::Container("tfoot"),
            b"form" => Element::Container("form"),
            b"fieldset" => Element::Container("fieldset"),
            b"center" => Element::Container("center"),
            b"address" => Element::Container("address"),
            b"details" => Element::Container("details"),
            b"hgroup" => Element::Container("hgroup"),
            b"p" | b"pre" => Element::Paragraph,
            b"h1" => Element::Heading(1),
            b"h2" => Element::Heading(2),
            b"h3" => Element::Heading(3),
            b"h4" => Element::Heading(4),
            b"h5" => Element::Heading(5),
            b"h6" => Element::Heading(6),
            b"li" => Element::Item,
            b"tr" => Element::Cell("tr"),
            b"td" => Element::Cell("td"),
            b"th" => Element::Cell("th"),
            b"dd" => Element::Cell("dd"),
            b"dt" => Element::Cell("dt"),
            b"caption" => Element::Cell("caption"),
            b"summary" => Element::Cell("summary"),
            b"blockquote" => Element::Quote,
            b"a" => Element::Link,
            b"time" => Element::Time,
            b"br" => Element::Break,
            b"meta" => Element::Meta,
            b"link" => Element::LinkTo,
            b"area" | b"base" | b"col" | b"embed" | b"hr" | b"img" | b"input" | b"param" | b"source" | b"track" | b"wbr" => {
                Element::Void
            }
            b"nav" => Element::Skipped("nav"),
            b"aside" => Element::Skipped("aside"),
            b"footer" => Element::Skipped("footer"),
            b"figure" => Element::Skipped("figure"),
            b"figcaption" => Element::Skipped("figcaption"),
            b"button" => Element::Skipped("button"),
            b"select" => Element::Skipped("select"),
            b"label" => Element::Skipped("label"),
            b"svg" => Element::Skipped("svg"),
            b"math" => Element::Skipped("math"),
            b"noscript" => Element::Skipped("noscript"),
            b"template" => Element::Skipped("template"),
            b"menu" => Element::Skipped("menu"),
            b"dialog" => Element::Skipped("dialog"),
            b"video" => Element::Skipped("video"),
            b"audio" => Element::Skipped("audio"),
            b"object" => Element::Skipped("object"),
            b"canvas" => Element::Skipped("canvas"),
            b"script" => Element::Raw("script"),
            b"style" => Element::Raw("style"),
            b"title" => Element::Raw("title"),
            b"textarea" => Element::Raw("textarea"),
            b"iframe" => Element::Raw("iframe"),
            b"xmp" => Element::Raw("xmp"),
            _ => Element::Inline(name),
        }
    }

    /// The name under which its content is looked for, if that is no markup.
    pub fn raw(self) -> Option<&'static str> {
        match self {
            Element::Raw(name) => Some(name),
            _ => None,
        }
    }

    pub fn is_void(self) -> bool {
        matches!(self, Element::Break | Element::Meta | Element::LinkTo | Element::Void)
    }

    /// Starts and ends a line of its own.
    pub fn parts_text(self) -> bool {
        !self.is_void() && !matches!(self, Element::Inline(_) | Element::Link | Element::Time | Element::Raw(_))
    }

    /// Holds blocks and is looked at when the place of the article is sought.
    pub fn is_container(self) -> bool {
        use Element::{Article, Body, Cell, Container, Header, Html, Main, Quote};
        matches!(self, Html | Body | Article | Main | Header | Container(_) | Cell("td") | Quote)
    }

    /// Whether an element of this kind that is open is closed by one of kind `next`, as the standard has it for omitted end tags.
    pub fn closed_by(self, next: Element) -> bool {
        match self {
            Element::Paragraph | Element::Heading(_) => next.parts_text(),
            Element::Item => next == Element::Item,
            Element::Link => next == Element::Link,
            Element::Cell("dd" | "dt") => matches!(next, Element::Cell("dd" | "dt")),
            Element::Cell("td" | "th") => matches!(next, Element::Cell("td" | "th" | "tr")),
            Element::Cell("tr") => next == Element::Cell("tr"),
            _ => false,
        }
    }

    #[cfg(test)]
    pub fn name(self) -> String {
        match self {
            Element::Paragraph => "p".to_owned(),
            Element::Break => "br".to_owned(),
            Element::Link => "a".to_owned(),
            Element::Raw(name) | Element::Container(name) | Element::Cell(name) | Element::Skipped(name) => name.to_owned(),
            Element::Inline(name) => name.to_ascii_lowercase(),
            other => format!("{other:?}"),
        }
    }
}
