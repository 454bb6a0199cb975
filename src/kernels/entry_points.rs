//! The one macro that compiles the kernels for a set's instructions.

/// The functions of a set: the kernels for one kind of vector, one of four lanes, and one of double precision,
/// compiled for its instructions.
///
/// The numbers are the vectors of a tile: of the first convolution, of those with a stride of 2, and of a matrix, with
/// rectified or with dense inputs, and of one that is computed beside a convolution or is small.
macro_rules! entry_points {
    ($vector:ty, $four:ty, $double:ty, $(#[$feature:meta])?, conv1: $conv1:literal, conv2: $conv2:literal,
     rectified: $rectified:literal, dense: $dense:literal, beside: $beside:literal) => {
        #[allow(unused_imports, reason = "some of the vectors come with it")]
        use crate::kernels::simd::Vector as _;
        use crate::kernels::simd::MOST_LANES;
        use crate::kernels::{DOT_LANES, End, Inputs, Shape, Weights, Window, Windows};
        use crate::kernels::{beside, convolution, gates, power, spectra, winograd};

        // What the kernels rely on: vectors are whole fours and whole parts of a cache line and of a dot product's sums, and
        // tiles of a dense matrix lie in one panel of any matrix.
        const _: () = {
            let lanes = <$vector>::LANES;
            assert!(lanes % 4 == 0 && DOT_LANES % lanes == 0 && lanes <= MOST_LANES && <$four>::LANES == 4);
            assert!(<$double>::LANES % 4 == 0 && <$double>::LANES <= MOST_LANES);
            assert!($rectified % $beside == 0 && $beside % $dense == 0);
        };

        /// Outputs in a panel of weights: those of the tile by which they are used most.
        ///
        /// # Safety
        /// None is needed; all functions of a set are called alike.
        pub(in crate::kernels) unsafe fn panel(shape: Shape, inputs: Inputs) -> usize {
            let vectors = match (shape.times, shape.stride, inputs) {
                (4, 1, _) => $conv1,
                (4 | 2, 2, _) => $conv2,
                (1, 1, Inputs::Dense) => $beside,
                (1, 1, _) if shape.outputs <= $beside * <$vector>::LANES => $beside,
                (1, 1, Inputs::Alone | Inputs::Rectified) => $rectified,
                _ => unreachable!("no kernel has the shape {shape:?}"),
            };
            vectors * <$vector>::LANES
        }

        /// See [`Set::convolve`](crate::kernels::Set::convolve).
        ///
        /// # Safety
        /// The processor must have this set's instructions, and `x` and `y` must be whole frames of the weights' shape.
        $(#[$feature])?
        pub(in crate::kernels) unsafe fn convolve(
            weights: &Weights,
            x: &[f32],
            y: &mut [f32],
            end: End,
        ) {
            convolution::align_stack();
            let shape = weights.shape();
            // SAFETY: the caller's conditions, and each line names the times, taps, stride and output times it is for.
            unsafe {
                match (shape.times, shape.taps, shape.stride) {
                    (4, 3, 1) => convolution::convolve::<$vector, 4, 3, 1, 4, $conv1, 1>(weights, x, y, end),
                    (4, 3, 2) => convolution::convolve::<$vector, 4, 3, 2, 2, $conv2, 1>(weights, x, y, end),
                    (2, 3, 2) => convolution::convolve::<$vector, 2, 3, 2, 1, $conv2, 1>(weights, x, y, end),
                    (1, 1, 1) if weights.inputs() == Inputs::Dense => {
                        convolution::convolve::<$vector, 1, 1, 1, 1, $dense, 4>(weights, x, y, end)
                    }
                    (1, 1, 1) if weights.lanes == $beside * <$vector>::LANES => {
                        convolution::convolve::<$vector, 1, 1, 1, 1, $beside, 2>(weights, x, y, end)
                    }
                    (1, 1, 1) => convolution::convolve::<$vector, 1, 1, 1, 1, $rectified, 1>(weights, x, y, end),
                    _ => unreachable!("no kernel has the shape {shape:?}"),
                }
            }
        }

        /// See [`Set::convolve_beside`](crate::kernels::Set::convolve_beside).
        ///
        /// # Safety
        /// As for [`convolve`], for both; outputs must be whole tiles.
        $(#[$feature])?
        pub(in crate::kernels) unsafe fn convolve_beside(
            weights: &Weights,
            x: &[f32],
            y: &mut [f32],
            matrix: &Weights,
            h: &[f32],
            product: &mut [f32],
        ) {
            convolution::align_stack();
            // SAFETY: the caller's conditions.
            unsafe { beside::convolve_beside::<$vector, $conv1, $beside>(weights, x, y, matrix, h, product) }
        }

        /// See [`Set::winograd_inputs`](crate::kernels::Set::winograd_inputs).
        ///
        /// # Safety
        /// The processor must have this set's instructions, and the lengths must fit.
        $(#[$feature])?
        pub(in crate::kernels) unsafe fn winograd_inputs(x: &[f32], inputs: usize, points: &mut [f32]) {
            // SAFETY: the caller's conditions.
            unsafe { winograd::inputs::<$four>(x, inputs, points) }
        }

        /// See [`Set::winograd_outputs`](crate::kernels::Set::winograd_outputs).
        ///
        /// # Safety
        /// The processor must have this set's instructions, and the lengths must fit.
        $(#[$feature])?
        pub(in crate::kernels) unsafe fn winograd_outputs(products: &[f32], bias: &[f32], y: &mut [f32]) {
            // SAFETY: the caller's conditions.
            unsafe { winograd::outputs::<$vector>(products, bias, y) }
        }

        /// See [`Set::dot_relu`](crate::kernels::Set::dot_relu).
        ///
        /// # Safety
        /// The processor must have this set's instructions, and the lengths must fit.
        $(#[$feature])?
        pub(in crate::kernels) unsafe fn dot_relu(w: &[f32], x: &[f32]) -> [f32; DOT_LANES] {
            // SAFETY: the caller's conditions.
            unsafe { gates::dot_relu::<$vector>(w, x) }
        }

        /// See [`Set::ln`](crate::kernels::Set::ln).
        ///
        /// # Safety
        /// The processor must have this set's instructions, and the numbers must be positive and normal.
        $(#[$feature])?
        pub(in crate::kernels) unsafe fn ln(x: &mut [f32]) {
            // SAFETY: the caller's conditions.
            unsafe { gates::ln::<$vector>(x) }
        }

        /// See [`Set::spectra`](crate::kernels::Set::spectra).
        ///
        /// # Safety
        /// The processor must have this set's instructions, and the lengths must fit.
        $(#[$feature])?
        pub(in crate::kernels) unsafe fn spectra(
            windows: &Windows,
            samples: &[f32],
            spectra: &mut [f32],
            scratch: &mut [f64],
        ) {
            // SAFETY: the caller's conditions.
            unsafe { spectra::spectra::<$four, $double>(windows, samples, spectra, scratch) }
        }

        /// See [`Set::power`](crate::kernels::Set::power).
        ///
        /// # Safety
        /// The processor must have this set's instructions, and the lengths must fit.
        $(#[$feature])?
        pub(in crate::kernels) unsafe fn power(
            window: &Window,
            samples: &[f32],
            powers: &mut [f32],
            scratch: &mut [f32],
        ) {
            // SAFETY: the caller's conditions.
            unsafe { power::power::<$vector, $four>(window, samples, powers, scratch) }
        }

        /// See [`Set::lstm_gates`](crate::kernels::Set::lstm_gates).
        ///
        /// # Safety
        /// The processor must have this set's instructions, and the lengths must fit.
        $(#[$feature])?
        pub(in crate::kernels) unsafe fn lstm_gates(
            from_input: &[f32],
            from_hidden: &[f32],
            bias: &[f32],
            h: &mut [f32],
            c: &mut [f32],
        ) {
            // SAFETY: the caller's conditions.
            unsafe { gates::lstm_gates::<$vector>(from_input, from_hidden, bias, h, c) }
        }

        /// See [`Set::gru_gates`](crate::kernels::Set::gru_gates).
        ///
        /// # Safety
        /// The processor must have this set's instructions, and the lengths must fit.
        $(#[$feature])?
        pub(in crate::kernels) unsafe fn gru_gates(from_input: &[f32], from_hidden: &[f32], h: &mut [f32]) {
            // SAFETY: the caller's conditions.
            unsafe { gates::gru_gates::<$vector>(from_input, from_hidden, h) }
        }
    };
}
pub(super) use entry_points;
