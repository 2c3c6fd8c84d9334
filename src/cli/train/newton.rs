//! Logistic regression by Newton's method (iteratively reweighted least squares) with weights drawn to 0: nothing in it is random, and what
//! comes out depends on its input alone.

use crate::event::fusion::{Property, probability};

const STEPS: usize = 25;

/// The `count` weights that make the cases likeliest, from `start` on; `prior` is how strongly each is drawn to 0.
pub fn fit(cases: &[(&[Property], bool)], count: usize, prior: f64, start: Vec<f64>) -> Vec<f64> {
    let mut weights = start;
    for _ in 0..STEPS {
        let mut slope: Vec<f64> = weights.iter().map(|weight| -prior * weight).collect();
        let mut curve = vec![vec![0.0; count]; count];
        for (at, row) in curve.iter_mut().enumerate() {
            row[at] = prior;
        }
        for (properties, right) in cases {
            let p = probability(&weights, properties);
            let (error, bend) = (f64::from(u8::from(*right)) - p, (p * (1.0 - p)).max(1e-6));
            for (at, much) in *properties {
                slope[*at] += error * much;
                for (other, more) in properties.iter().filter(|(other, _)| other <= at) {
                    curve[*at][*other] += bend * much * more;
                }
            }
        }
        let step = solve(curve, slope);
        let far = step.iter().fold(0.0, |most: f64, x| most.max(x.abs()));
        weights.iter_mut().zip(&step).for_each(|(weight, step)| *weight += step);
        if far < 1e-7 {
            break;
        }
    }
    weights
}

/// Solves `a x = b` for a positive definite matrix of which the lower half is given (Cholesky).
fn solve(mut a: Vec<Vec<f64>>, mut b: Vec<f64>) -> Vec<f64> {
    let n = b.len();
    for i in 0..n {
        for j in 0..=i {
            let dot: f64 = a[i][..j].iter().zip(&a[j][..j]).map(|(x, y)| x * y).sum();
            let rest = a[i][j] - dot;
            a[i][j] = if i == j { rest.max(1e-12).sqrt() } else { rest / a[j][j] };
        }
    }
    for i in 0..n {
        let dot: f64 = a[i][..i].iter().zip(&b[..i]).map(|(x, y)| x * y).sum();
        b[i] = (b[i] - dot) / a[i][i];
    }
    for i in (0..n).rev() {
        let dot: f64 = (i + 1..n).map(|j| a[j][i] * b[j]).sum();
        b[i] = (b[i] - dot) / a[i][i];
    }
    b
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_linear_system_is_solved() {
        let x = solve(vec![vec![4.0, 0.0], vec![1.0, 3.0]], vec![1.0, 2.0]);
        assert!((4.0 * x[0] + x[1] - 1.0).abs() < 1e-9 && (x[0] + 3.0 * x[1] - 2.0).abs() < 1e-9, "{x:?}");
    }

    #[test]
    fn probabilities_are_those_of_the_cases() {
        let with: &[Property] = &[(0, 1.0), (1, 1.0)];
        let without: &[Property] = &[(0, 1.0)];
        let cases: Vec<(&[Property], bool)> =
            (0..100).map(|at| if at % 2 == 0 { (with, at % 10 != 0) } else { (without, at % 10 == 1) }).collect();
        let weights = fit(&cases, 2, 0.001, vec![0.0; 2]);
        assert!((probability(&weights, with) - 0.8).abs() < 0.01, "{weights:?}");
        assert!((probability(&weights, without) - 0.2).abs() < 0.01, "{weights:?}");
    }
}
