//! Which article this is: its id from the url, else from the text, and the url in its canonical form.
//!
//! Depends on the article alone, never on when, where or how often it was read.

use std::sync::LazyLock;

use rustc_hash::FxHashSet;
use url::Url;

use crate::lexicon::{self, LexiconError};

static TRACKING: LazyLock<Tracking> = LazyLock::new(|| Tracking::read().expect("the embedded table is held valid by a test"));

/// A longer id is replaced by its hash: ids are keys in stores and logs.
const LONGEST_ID: usize = 512;

/// The same page, the same url: https, host in small letters and without default port, no fragment, no tracking parameters, the rest sorted,
/// no slash at the end. `None` for what is no absolute http(s) url.
pub(super) fn canonical(url: &str) -> Option<String> {
    let mut url = Url::parse(url.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())?;
    // Its port, if given, is then given too; and whoever serves both serves the same.
    let _ = url.set_scheme("https");
    // "#!/story/1" is a path by another name.
    if !url.fragment().is_some_and(|fragment| fragment.starts_with('!')) {
        url.set_fragment(None);
    }
    if url.query().is_some() {
        let tracking = &*TRACKING;
        let mut kept: Vec<(String, String)> = url.query_pairs().into_owned().filter(|(name, _)| !tracking.holds(name)).collect();
        kept.sort();
        url.set_query(None);
        if !kept.is_empty() {
            url.query_pairs_mut().extend_pairs(kept);
        }
    }
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&path);
    let text = url.as_str();
    let bare_host = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    Some(if bare_host { text.trim_end_matches('/') } else { text }.to_owned())
}

/// The id given, else the canonical url, else a hash of the normalized text.
pub(super) fn id(given: Option<&str>, canonical_url: Option<&str>, text: &str) -> String {
    match given.or(canonical_url) {
        Some(id) if id.len() <= LONGEST_ID => id.to_owned(),
        Some(id) => hash(id),
        None => hash(text),
    }
}

/// 128 bits of BLAKE3, named as what they are.
fn hash(text: &str) -> String {
    let hash = blake3::hash(text.as_bytes()).to_hex();
    format!("blake3:{}", hash.get(..32).unwrap_or(&hash))
}

/// Query parameters that say how a reader came to the page, from `config/lexicon/tracking_parameters.tsv`.
struct Tracking {
    names: FxHashSet<&'static str>,
    prefixes: Vec<&'static str>,
}

impl Tracking {
    fn read() -> Result<Self, LexiconError> {
        let table = include_str!("../../config/lexicon/tracking_parameters.tsv");
        let (mut names, mut prefixes) = (FxHashSet::default(), Vec::new());
        for row in lexicon::rows("tracking_parameters.tsv", table, 1)? {
            let name = row.parse(0, "a name in small letters", |name| (name == name.to_ascii_lowercase()).then_some(name))?;
            match name.strip_suffix('*') {
                Some(prefix) => prefixes.push(prefix),
                None => drop(names.insert(name)),
            }
            if !row.example.to_ascii_lowercase().contains(name.trim_end_matches('*')) {
                return Err(row.error("the example does not hold the parameter"));
            }
        }
        Ok(Self { names, prefixes })
    }

    fn holds(&self, name: &str) -> bool {
        let name = name.to_ascii_lowercase();
        self.names.contains(name.as_str()) || self.prefixes.iter().any(|prefix| name.starts_with(prefix))
    }
}

#[cfg(test)]
mod tests {
    use super::{Tracking, canonical, id};

    #[test]
    fn one_page_has_one_url() {
        for url in [
            "https://wire.example/news/1?b=2&a=1",
            "http://WIRE.example:80/news/1/?a=1&b=2",
            "https://wire.example:443/news/1?utm_source=x&a=1&fbclid=y&b=2#comments",
            "  https://wire.example/news/1/?UTM_Campaign=z&b=2&a=1 ",
        ] {
            assert_eq!(canonical(url).as_deref(), Some("https://wire.example/news/1?a=1&b=2"), "{url}");
        }
        assert_eq!(canonical("https://wire.example/").as_deref(), Some("https://wire.example"));
        assert_eq!(canonical("https://wire.example/?p=7").as_deref(), Some("https://wire.example/?p=7"));
        assert_eq!(canonical("https://wire.example/#!/1").as_deref(), Some("https://wire.example/#!/1"));
    }

    #[test]
    fn a_canonical_url_stays_as_it_is() {
        for url in ["https://wire.example/a%20b?q=%C3%A9&r=a+b", "https://münchen.example/ü", "https://wire.example//x//"] {
            let once = canonical(url).unwrap();
            assert_eq!(canonical(&once), Some(once.clone()));
        }
    }

    #[test]
    fn what_is_no_web_address_names_no_article() {
        for url in ["", "/news/1", "urn:newsml:1", "mailto:a@b.example", "https://", "javascript:alert(1)"] {
            assert_eq!(canonical(url), None, "{url}");
        }
    }

    #[test]
    fn ids_come_from_what_is_given_first() {
        assert_eq!(id(Some("a-1"), Some("https://wire.example/1"), "text"), "a-1");
        assert_eq!(id(None, Some("https://wire.example/1"), "text"), "https://wire.example/1");
        assert_eq!(id(None, None, "text"), id(None, None, "text"));
        assert_ne!(id(None, None, "text"), id(None, None, "texts"));
        assert!(id(Some(&"x".repeat(5_000)), None, "text").len() < 64);
    }

    #[test]
    fn the_table_is_valid() {
        Tracking::read().unwrap();
    }
}
