//! The few vector operations that the kernels are written in.

/// A vector of [`LANES`](Vector::LANES) numbers, `f32` or `f64`: what a Fourier transform needs.
///
/// # Safety
/// The functions of an implementation may run only on a processor that has its instructions; pointers must be good for
/// `LANES` numbers. They are inlined into entry points that are compiled for those instructions, and only there become
/// single instructions.
pub(super) trait Vector: Copy {
    type Number: Copy + Default;
    const LANES: usize;

    unsafe fn splat(x: Self::Number) -> Self;
    unsafe fn load(from: *const Self::Number) -> Self;
    unsafe fn store(self, to: *mut Self::Number);
    unsafe fn add(self, other: Self) -> Self;
    unsafe fn sub(self, other: Self) -> Self;
    unsafe fn mul(self, other: Self) -> Self;
    /// `self * factor + addend`, rounded once where the set has such an instruction.
    unsafe fn mul_add(self, factor: Self, addend: Self) -> Self;
    /// `addend - self * factor`, likewise.
    unsafe fn neg_mul_add(self, factor: Self, addend: Self) -> Self;
    /// Stores the first four numbers at `to`, the next four `stride` numbers after, and so on.
    #[inline(always)]
    unsafe fn store_fours(self, to: *mut Self::Number, _stride: usize) {
        const { assert!(Self::LANES == 4) };
        // SAFETY: the caller's pointer is good for four numbers.
        unsafe { self.store(to) }
    }
    /// The last four numbers first, the first four last.
    #[inline(always)]
    unsafe fn reverse_fours(self) -> Self {
        const { assert!(Self::LANES == 4) };
        self
    }
}

/// A vector of `f32`, with what the networks need beside sums and products.
///
/// # Safety
/// As for [`Vector`].
pub(super) trait Simd: Vector<Number = f32> {
    unsafe fn div(self, other: Self) -> Self;
    /// The other one where `self` is NaN, which infinite sums make. Which of the two it is where `other` is NaN differs between
    /// sets, and whenever one is NaN in `min`.
    unsafe fn max(self, other: Self) -> Self;
    unsafe fn min(self, other: Self) -> Self;
    unsafe fn sqrt(self) -> Self;
    /// Shifts the bits of each number left by 23, into the exponent, and adds those of 1.0.
    unsafe fn exponent_of_low_bits(self) -> Self;
    /// Of each number, which must be positive and normal, the `n` and the `m` of `m * 2^n`, where `m` is from [`ROOT_HALF`] to
    /// twice that.
    unsafe fn exponent_and_fraction(self) -> (Self, Self);
    /// Writes to `to` which lanes hold a positive number, counted from `first`, and returns how many do. `to` must be good
    /// for `LANES` of them: what it holds beyond is of no account.
    #[inline(always)]
    unsafe fn list_positive(self, first: u32, to: *mut u32) -> usize {
        let mut lanes = [0.0; MOST_LANES];
        // SAFETY: there is room for the widest vector, and for each lane in `to`.
        unsafe {
            self.store(lanes.as_mut_ptr());
            let mut count = 0;
            for lane in 0..Self::LANES {
                to.add(count).write(first + lane as u32);
                count += usize::from(lanes[lane] > 0.0);
            }
            count
        }
    }
    /// The same two pointers, of which the compiler knows nothing any more where that makes for better code: it then loads
    /// again what it would otherwise keep in registers that it lacks.
    #[inline(always)]
    unsafe fn opaque(x: *const f32, column: *const f32) -> (*const f32, *const f32) {
        (x, column)
    }
}

/// The root of one half, from which on fractions lie to both sides of 1.
pub(super) const ROOT_HALF: f32 = std::f32::consts::FRAC_1_SQRT_2;

/// The bits of a number that are not its fraction's.
pub(super) const ALL_BUT_FRACTION: i32 = -1 << 23;

/// The most lanes that a vector has.
pub(super) const MOST_LANES: usize = 16;

/// The vector at `from`; unless it is `FULL`, only its first `count` numbers are there.
///
/// A tile's loops over its registers must be short enough to be unrolled, or else it is kept in memory: so whether it
/// is full is settled at compile time.
#[inline(always)]
#[allow(unsafe_op_in_unsafe_fn, reason = "under the conditions of the trait")]
pub(super) unsafe fn load<S: Simd, const FULL: bool>(from: *const f32, count: usize) -> S {
    if FULL || count >= S::LANES {
        return S::load(from);
    }
    let mut lanes = [0.0; MOST_LANES];
    from.copy_to_nonoverlapping(lanes.as_mut_ptr(), count);
    S::load(lanes.as_ptr())
}

/// Writes `vector` to `to`; unless it is `FULL`, only its first `count` numbers.
#[inline(always)]
#[allow(unsafe_op_in_unsafe_fn, reason = "under the conditions of the trait")]
pub(super) unsafe fn store<S: Simd, const FULL: bool>(vector: S, to: *mut f32, count: usize) {
    if FULL || count >= S::LANES {
        return vector.store(to);
    }
    let mut lanes = [0.0; MOST_LANES];
    vector.store(lanes.as_mut_ptr());
    to.copy_from_nonoverlapping(lanes.as_ptr(), count);
}

/// A vector of four numbers, one for each window of a frame, or of what else there are four of.
///
/// # Safety
/// As for [`Vector`].
pub(super) trait Four: Simd {
    /// The same four in double precision.
    type Double: Double<Single = Self>;

    unsafe fn widen(self) -> Self::Double;
    /// The columns of the square whose rows these are.
    unsafe fn transpose(rows: [Self; 4]) -> [Self; 4];
    /// The last number first.
    unsafe fn reverse(self) -> Self;
}

/// A vector of `f64`.
///
/// # Safety
/// As for [`Vector`].
pub(super) trait Double: Vector<Number = f64> {
    /// As many numbers of single precision.
    type Single: Simd;

    /// Each number rounded to an `f32`.
    unsafe fn narrow(self) -> Self::Single;
}

macro_rules! array_vector {
    ($number:ty) => {
        /// Four numbers one after the other: the transform of the scalar set.
        #[allow(unsafe_op_in_unsafe_fn, reason = "each function is one operation, under the trait's conditions")]
        impl Vector for [$number; 4] {
            type Number = $number;
            const LANES: usize = 4;

            unsafe fn splat(x: $number) -> Self {
                [x; 4]
            }
            unsafe fn load(from: *const $number) -> Self {
                from.cast::<Self>().read()
            }
            unsafe fn store(self, to: *mut $number) {
                to.cast::<Self>().write(self);
            }
            unsafe fn add(self, other: Self) -> Self {
                std::array::from_fn(|i| self[i] + other[i])
            }
            unsafe fn sub(self, other: Self) -> Self {
                std::array::from_fn(|i| self[i] - other[i])
            }
            unsafe fn mul(self, other: Self) -> Self {
                std::array::from_fn(|i| self[i] * other[i])
            }
            unsafe fn mul_add(self, factor: Self, addend: Self) -> Self {
                std::array::from_fn(|i| self[i].mul_add(factor[i], addend[i]))
            }
            unsafe fn neg_mul_add(self, factor: Self, addend: Self) -> Self {
                std::array::from_fn(|i| (-self[i]).mul_add(factor[i], addend[i]))
            }
        }
    };
}

array_vector!(f32);
array_vector!(f64);

impl Simd for [f32; 4] {
    unsafe fn div(self, other: Self) -> Self {
        std::array::from_fn(|i| self[i] / other[i])
    }
    unsafe fn max(self, other: Self) -> Self {
        std::array::from_fn(|i| if self[i] > other[i] { self[i] } else { other[i] })
    }
    unsafe fn min(self, other: Self) -> Self {
        std::array::from_fn(|i| if self[i] < other[i] { self[i] } else { other[i] })
    }
    unsafe fn sqrt(self) -> Self {
        self.map(f32::sqrt)
    }
    unsafe fn exponent_of_low_bits(self) -> Self {
        self.map(|x| f32::from_bits((x.to_bits() << 23).wrapping_add(1.0_f32.to_bits())))
    }
    unsafe fn exponent_and_fraction(self) -> (Self, Self) {
        let parts = self.map(super::scalar::exponent_and_fraction);
        (parts.map(|(n, _)| n), parts.map(|(_, m)| m))
    }
}

impl Double for [f64; 4] {
    type Single = [f32; 4];

    unsafe fn narrow(self) -> [f32; 4] {
        self.map(|x| x as f32)
    }
}

impl Four for [f32; 4] {
    type Double = [f64; 4];

    unsafe fn widen(self) -> [f64; 4] {
        self.map(f64::from)
    }
    unsafe fn transpose(rows: [Self; 4]) -> [Self; 4] {
        std::array::from_fn(|column| rows.map(|row| row[column]))
    }
    unsafe fn reverse(self) -> Self {
        let [a, b, c, d] = self;
        [d, c, b, a]
    }
}
