//! Finds the article among the blocks of a page.
//!
//! Blocks of running text are weighed by their words (few links, whole sentences; after Kohlschütter et al. 2010, "Boilerplate
//! detection using shallow text features"). The place is what the page declares, else its `article` or `main`, else the page, then the
//! smallest container in it that still holds nearly all of the weight.

use super::outline::{Block, BlockKind, Outline, Role};
use crate::article::text::{ends_sentence, normalize, words};

/// A container is narrowed down to one of its own as long as that keeps this share of its words, in percent.
const KEPT: usize = 90;
/// A declared place is believed if it holds this share of the page's running text, in percent: there are pages full of teasers.
const BELIEVED: usize = 25;

/// The paragraphs of the article, normalized, in order.
pub(super) fn paragraphs(outline: &Outline) -> Vec<String> {
    let weight = |block: &Block| if is_running_text(outline, block) { words(text(outline, block)) } else { 0 };
    let shown: usize = outline.blocks.iter().filter(|block| !block.furniture).map(weight).sum();
    let hidden: usize = outline.blocks.iter().filter(|block| block.furniture).map(weight).sum();
    // A page that calls nearly all of its text furniture means something else by its names.
    let believes_names = shown > 0 && (hidden < 100 || shown * 4 > hidden);
    let counts = |block: &Block| !(block.furniture && believes_names);
    let mut weights = vec![0; outline.containers.len()];
    for block in outline.blocks.iter().filter(|block| counts(block)) {
        if let Some(slot) = weights.get_mut(block.container) {
            *slot += weight(block);
        }
    }
    let inside = subtree(outline, place(outline, &mut weights));
    let chosen = outline.blocks.iter().filter(|block| counts(block) && inside.get(block.container).copied().unwrap_or(false));
    let mut paragraphs = Vec::new();
    for block in chosen.filter(|block| is_text(outline, block)) {
        paragraphs.extend(normalize(text(outline, block)).split("\n\n").filter(|text| !text.is_empty()).map(str::to_owned));
    }
    paragraphs
}

/// The container of the article. `weights` are of each container's own blocks and come back as those of all it holds.
fn place(outline: &Outline, weights: &mut [usize]) -> usize {
    let containers = &outline.containers;
    let mut heaviest: Vec<Option<(usize, usize)>> = vec![None; containers.len()];
    // A container stands behind the one around it.
    for (index, container) in containers.iter().enumerate().skip(1).rev() {
        let weight = weights.get(index).copied().unwrap_or(0);
        if let (Some(sum), Some(best)) = (weights.get_mut(container.parent), heaviest.get_mut(container.parent)) {
            *sum += weight;
            // Of two that weigh the same the first one stays: containers come in reverse.
            if best.is_none_or(|(_, most)| weight >= most) {
                *best = Some((index, weight));
            }
        }
    }
    let weight = |index: usize| weights.get(index).copied().unwrap_or(0);
    let believed = |role: Role| {
        let of_role = containers.iter().enumerate().filter(|(_, container)| container.role == role).map(|(index, _)| index);
        of_role
            .rev()
            .max_by_key(|index| weight(*index))
            .filter(|index| weight(*index) > 0 && weight(*index) * 100 >= weight(0) * BELIEVED)
    };
    let mut place = [Role::Declared, Role::Article, Role::Main].into_iter().find_map(believed).unwrap_or(0);
    while let Some((inner, inner_weight)) = heaviest.get(place).copied().flatten() {
        if inner_weight == 0 || inner_weight * 100 < weight(place) * KEPT {
            break;
        }
        place = inner;
    }
    place
}

fn subtree(outline: &Outline, place: usize) -> Vec<bool> {
    let mut inside = vec![false; outline.containers.len()];
    for (index, container) in outline.containers.iter().enumerate() {
        let within = index == place || (index > 0 && inside.get(container.parent).copied().unwrap_or(false));
        if let Some(slot) = inside.get_mut(index) {
            *slot = within;
        }
    }
    inside
}

fn text<'o>(outline: &'o Outline, block: &Block) -> &'o str {
    outline.text.get(block.start..block.end).unwrap_or("")
}

fn linked_percent(block: &Block) -> usize {
    block.linked * 100 / (block.end - block.start).max(1)
}

/// Whether a block shows where an article is.
fn is_running_text(outline: &Outline, block: &Block) -> bool {
    let text = text(outline, block).trim();
    let count = words(text);
    let kind = match block.kind {
        BlockKind::Heading(_) => false,
        BlockKind::Paragraph => count >= 4 && ends_sentence(text) || count >= 12,
        BlockKind::Item | BlockKind::Loose => count >= 8 && ends_sentence(text) || count >= 20,
    };
    kind && linked_percent(block) < 40
}

/// Whether a block in the article's place is part of it.
fn is_text(outline: &Outline, block: &Block) -> bool {
    let text = text(outline, block).trim();
    match block.kind {
        BlockKind::Loose => linked_percent(block) < 40 && (words(text) >= 6 || ends_sentence(text)),
        _ => linked_percent(block) < 50,
    }
}
