//! [`Reader`]: the numbers of the model file, which are little-endian, and the matrices they make.

use super::analyzer::ModelError;
use super::kernel::Matrix;
use super::lanes::Pairs;

/// What is left to read.
pub struct Reader<'a>(pub &'a [u8]);

impl<'a> Reader<'a> {
    pub fn take(&mut self, count: usize) -> Result<&'a [u8], ModelError> {
        let (bytes, rest) = self.0.split_at_checked(count).ok_or(ModelError::Damaged("the network is cut short"))?;
        self.0 = rest;
        Ok(bytes)
    }

    pub fn u32(&mut self) -> Result<usize, ModelError> {
        let bytes = self.take(4)?.first_chunk().copied().unwrap_or_default();
        Ok(u32::from_le_bytes(bytes) as usize)
    }

    pub fn numbers(&mut self, inputs: usize, outputs: usize) -> Result<Numbers, ModelError> {
        let weights = self.take(2 * inputs * outputs)?.as_chunks().0.iter().map(|b| i16::from_le_bytes(*b)).collect();
        let bias = self.take(4 * outputs)?.as_chunks().0.iter().map(|b| i32::from_le_bytes(*b)).collect();
        Ok(Numbers { inputs, weights, bias })
    }
}

/// The numbers of a matrix, a row an output.
pub struct Numbers {
    inputs: usize,
    weights: Vec<i16>,
    bias: Vec<i32>,
}

impl Numbers {
    pub fn whole(&self) -> Matrix<Pairs> {
        Matrix::new(self.inputs, &self.weights, &self.bias)
    }

    /// The outputs for each of three `parts` of the inputs apart, each filled up to `stride` outputs; the second has the bias.
    pub fn split(&self, part: usize, stride: usize) -> Matrix<Pairs> {
        let mut weights = vec![0; 3 * stride * part];
        let mut bias = vec![0; 3 * stride];
        for ((output, row), own) in self.weights.chunks_exact(self.inputs).enumerate().zip(&self.bias) {
            for (number, from) in row.chunks_exact(part).enumerate() {
                weights[(number * stride + output) * part..][..part].copy_from_slice(from);
            }
            bias[stride + output] = *own;
        }
        Matrix::new(part, &weights, &bias)
    }
}
