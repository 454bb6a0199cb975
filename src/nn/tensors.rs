//! Weights from a safetensors file, each checked before it is used.

use std::collections::HashMap;

use safetensors::{Dtype, SafeTensorError, SafeTensors};

use crate::error::Error;

/// A parsed safetensors file.
#[derive(Debug)]
pub(crate) struct Tensors<'a>(SafeTensors<'a>);

impl<'a> Tensors<'a> {
    /// # Errors
    /// [`Error::WeightsFile`] where `bytes` are not a whole safetensors file.
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        SafeTensors::deserialize(bytes).map(Self).map_err(|error| fault(&error))
    }

    /// What such a file says of itself, by key.
    ///
    /// # Errors
    /// As those of [`parse`](Self::parse).
    pub(crate) fn metadata(bytes: &[u8]) -> Result<HashMap<String, String>, Error> {
        let (_, header) = SafeTensors::read_metadata(bytes).map_err(|error| fault(&error))?;
        Ok(header.metadata().iter().flatten().map(|(key, text)| (key.clone(), text.clone())).collect())
    }

    /// The numbers of a tensor, which must be finite and in this shape; those of half precision are widened, which is exact.
    ///
    /// # Errors
    /// [`Error::TensorMissing`], [`Error::TensorShape`] or [`Error::TensorValues`], with the tensor's name.
    pub(crate) fn values(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, Error> {
        let name = || name.to_owned();
        let tensor = self.0.tensor(&name()).map_err(|_| Error::TensorMissing { name: name() })?;
        if tensor.shape() != shape {
            let (found, wanted) = (tensor.shape().to_vec(), shape.to_vec());
            return Err(Error::TensorShape { name: name(), found, wanted });
        }
        let bytes = tensor.data();
        let values: Vec<f32> = match tensor.dtype() {
            Dtype::F32 => bytes.as_chunks().0.iter().map(|&word| f32::from_le_bytes(word)).collect(),
            Dtype::F16 => bytes.as_chunks().0.iter().map(|&word| widen(u16::from_le_bytes(word))).collect(),
            other => {
                let reason = format!("has numbers of type {other:?}: the network wants F32 or F16");
                return Err(Error::TensorValues { name: name(), reason });
            }
        };
        if let Some(bad) = values.iter().find(|value| !value.is_finite()) {
            return Err(Error::TensorValues { name: name(), reason: format!("holds {bad}: all must be finite") });
        }
        Ok(values)
    }

    /// A tensor's shape, where there is such a tensor.
    pub(crate) fn shape(&self, name: &str) -> Option<Vec<usize>> {
        self.0.tensor(name).ok().map(|tensor| tensor.shape().to_vec())
    }
}

fn fault(error: &SafeTensorError) -> Error {
    Error::WeightsFile { reason: error.to_string() }
}

/// The `f32` that equals a number of half precision (IEEE 754 binary16: a sign, 5 bits of exponent, 10 of fraction).
fn widen(half: u16) -> f32 {
    let (exponent, fraction) = (u32::from((half >> 10) & 0x1f), u32::from(half & 0x3ff));
    let magnitude = match exponent {
        0 => fraction as f32 / 16_777_216.0, // subnormal: multiples of 2^-24, and in an f32 normal
        0x1f => f32::from_bits((0xff << 23) | (fraction << 13)), // infinity and NaN
        _ => f32::from_bits(((exponent + 127 - 15) << 23) | (fraction << 13)),
    };
    if half >> 15 == 1 { -magnitude } else { magnitude }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The value of a half-precision number by the standard's definition, in wider arithmetic.
    fn value(half: u16) -> f64 {
        let (exponent, fraction) = ((half >> 10) & 31, f64::from(half & 1023) / 1024.0);
        let scale = |exponent: u16| f64::from(1_u32 << exponent) / 32_768.0; // 2^(exponent - 15)
        let magnitude = match exponent {
            31 if fraction > 0.0 => f64::NAN,
            31 => f64::INFINITY,
            0 => fraction * scale(1),
            _ => (1.0 + fraction) * scale(exponent),
        };
        if half >> 15 == 1 { -magnitude } else { magnitude }
    }

    #[test]
    fn every_half_is_widened_to_its_value() {
        for half in 0..=u16::MAX {
            let (ours, value) = (widen(half), value(half));
            assert!(ours.is_nan() == value.is_nan() && ours.is_sign_negative() == (half >> 15 == 1), "{half:#06x}");
            assert!(f64::from(ours) == value || value.is_nan(), "{half:#06x}: {ours} and {value}");
        }
    }

    /// A file with one tensor, `x`, of shape (1).
    fn file(dtype: Dtype, bytes: &[u8]) -> Vec<u8> {
        let tensor = safetensors::tensor::TensorView::new(dtype, vec![1], bytes).unwrap();
        safetensors::serialize([("x", tensor)], None).unwrap()
    }

    #[test]
    fn only_finite_numbers_of_two_types_are_taken() {
        let read = |dtype, bytes: &[u8]| Tensors::parse(&file(dtype, bytes)).unwrap().values("x", &[1]);
        assert_eq!(read(Dtype::F32, &(-1.5_f32).to_le_bytes()), Ok(vec![-1.5]));
        assert_eq!(read(Dtype::F16, &[0x00, 0xbe]), Ok(vec![-1.5]));
        for (dtype, bytes, told) in [
            (Dtype::F16, &[0x00, 0x7c][..], "holds inf: all must be finite"),
            (Dtype::F16, &[0x01, 0xfe], "holds NaN: all must be finite"),
            (Dtype::F32, &[0x00, 0x00, 0x80, 0xff], "holds -inf: all must be finite"),
            (Dtype::BF16, &[0x00, 0x00], "has numbers of type BF16: the network wants F32 or F16"),
            (Dtype::F64, &[0x00; 8], "has numbers of type F64: the network wants F32 or F16"),
        ] {
            assert_eq!(
                read(dtype, bytes),
                Err(Error::TensorValues { name: "x".to_owned(), reason: told.to_owned() })
            );
        }
    }
}
