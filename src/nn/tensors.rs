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

    /// The numbers of a tensor, which must be finite `f32`s in this shape.
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
        if tensor.dtype() != Dtype::F32 {
            let reason = format!("has numbers of type {:?}: the network wants F32", tensor.dtype());
            return Err(Error::TensorValues { name: name(), reason });
        }
        let (words, _) = tensor.data().as_chunks::<4>();
        let values: Vec<f32> = words.iter().map(|&word| f32::from_le_bytes(word)).collect();
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
