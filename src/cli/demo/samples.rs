//! The sample articles that ship inside the binary: `config/samples/`, in the order they are published.

use include_dir::{Dir, include_dir};

static SAMPLES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/config/samples");

/// Every sample as the payload of a record. The lines of `articles.jsonl` make the stream; the other files (other shapes, and duds) stand
/// between them at even distances.
pub fn all() -> Vec<&'static [u8]> {
    let lines = SAMPLES.get_file("articles.jsonl").map_or(&[][..], |file| file.contents());
    let mut samples: Vec<&[u8]> = lines.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).collect();
    let mut others: Vec<_> =
        SAMPLES.files().filter(|file| !matches!(file.path().to_str(), Some("articles.jsonl" | "README.md"))).collect();
    others.sort_by_key(|file| file.path());
    let distance = samples.len() / (others.len() + 1) + 1;
    for (number, file) in others.into_iter().enumerate() {
        let at = ((number + 1) * distance + number).min(samples.len());
        samples.insert(at, file.contents());
    }
    samples
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::{Coded, Pipeline};
    use crate::record::Record;

    #[test]
    fn the_samples_show_events_other_languages_and_dead_letters() {
        let pipeline = Pipeline::embedded().expect("the coder loads");
        let (mut events, mut passed, mut rejected) = (0, 0, 0);
        for sample in all() {
            match pipeline.code(&Record::from_payload(sample)) {
                Ok(Coded::Events(found)) => events += found.len(),
                Ok(Coded::Passed(_)) => passed += 1,
                Err(_) => rejected += 1,
            }
        }
        assert!(events >= 40, "{events} events");
        assert_eq!(passed, 1, "the French communiqué");
        assert_eq!(rejected, 4, "the duds");
    }
}
