//! Reading a document for mentions: from the names found in a sentence to the phrases they head.

use super::gazetteer::Gazetteer;
use super::lexicon::Kind;
use super::mention::{Mention, MentionKind, Mentions};
use super::names::Scan;
use crate::article::Article;
use crate::span::Span;
use crate::syntax::Document;

impl Gazetteer {
    /// Finds the mentions of `document`, which must be the analysis of `article`, and writes them to `out` in text order.
    pub fn mentions(&self, article: &Article, document: &Document, out: &mut Mentions) {
        out.all.clear();
        let mut scan = Scan::default();
        for (index, sentence) in document.sentences.iter().enumerate() {
            self.scan(sentence.span.of(&article.text), sentence.span.start, &mut scan);
            let first = sentence.tokens.start;
            let tokens = document.tokens.get(first as usize..sentence.tokens.end as usize).unwrap_or(&[]);
            for found in &scan.found {
                let Some(index) = self.meant(*found, None) else { continue };
                let entry = self.entry(index);
                let (Some(code), Some(kind)) = (entry.code, mention_kind(entry.kind)) else { continue };
                let overlaps = |span: Span| span.overlaps(found.span);
                let Some(head) = tokens.iter().rposition(|token| overlaps(token.span)) else { continue };
                out.all.push(Mention {
                    span: found.span,
                    sentence: index as u32,
                    head: first + head as u32,
                    kind,
                    actors: vec![code],
                    sector: entry.sector,
                    role: None,
                    name: (entry.kind == Kind::Person).then(|| entry.name.to_string()),
                    antecedent: None,
                });
            }
        }
    }
}

fn mention_kind(kind: Kind) -> Option<MentionKind> {
    Some(match kind {
        Kind::State => MentionKind::State,
        Kind::Adjective | Kind::People => MentionKind::Demonym,
        Kind::Capital | Kind::Seat | Kind::Province => MentionKind::Place,
        Kind::Person => MentionKind::Person,
        Kind::Organ | Kind::Organisation | Kind::Group => MentionKind::Organisation,
        _ => return None,
    })
}
