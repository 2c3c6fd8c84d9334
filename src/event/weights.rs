//! [`read`]: the weights of a model, as its table under `config/models/` holds them.

use crate::lexicon::LexiconError;

/// A weight for each of `names`, from lines `name\tweight`; empty lines and those that begin with `#` are passed over.
///
/// # Errors
/// The first line that is no such pair or names something else; the first name without a line.
pub(super) fn read(file: &'static str, text: &str, names: &[impl AsRef<str>]) -> Result<Vec<f64>, LexiconError> {
    let mut weights = vec![None; names.len()];
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.starts_with('#') && !line.trim().is_empty()) {
        let error = |message: String| LexiconError { file, line: index + 1, message };
        let (name, weight) = line.split_once('\t').ok_or_else(|| error("expected a sign and its weight".to_owned()))?;
        let at = names.iter().position(|known| known.as_ref() == name).ok_or_else(|| error(format!("`{name}` is no sign")))?;
        weights[at] = Some(weight.trim().parse().map_err(|_| error(format!("`{weight}` is no number")))?);
    }
    let missing = |name: &str| LexiconError { file, line: 0, message: format!("no weight for {name}") };
    weights.into_iter().zip(names).map(|(weight, name)| weight.ok_or_else(|| missing(name.as_ref()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_its_weight_and_what_is_wrong_is_named() {
        let names = ["bias", "near"];
        assert_eq!(read("x.tsv", "# head\nnear\t-0.5\nbias\t1\n", &names), Ok(vec![1.0, -0.5]));
        let wrong = |text: &str| read("x.tsv", text, &names).unwrap_err().to_string();
        assert!(wrong("bias\t1\n").ends_with("no weight for near"));
        assert!(wrong("far\t1\n").ends_with("1: `far` is no sign"));
        assert!(wrong("\nbias\tmuch\n").ends_with("2: `much` is no number"));
    }
}
