//! The few vector operations that the kernels are written in.

/// A vector of [`LANES`](Simd::LANES) numbers.
///
/// # Safety
/// The functions of an implementation may run only on a processor that has its instructions; pointers must be good for
/// `LANES` numbers. They are inlined into entry points that are compiled for those instructions, and only there become
/// single instructions.
pub(super) trait Simd: Copy {
    const LANES: usize;

    unsafe fn splat(x: f32) -> Self;
    unsafe fn load(from: *const f32) -> Self;
    unsafe fn store(self, to: *mut f32);
    unsafe fn add(self, other: Self) -> Self;
    unsafe fn sub(self, other: Self) -> Self;
    unsafe fn mul(self, other: Self) -> Self;
    unsafe fn div(self, other: Self) -> Self;
    unsafe fn max(self, other: Self) -> Self;
    unsafe fn min(self, other: Self) -> Self;
    unsafe fn sqrt(self) -> Self;
    /// `self * factor + addend`, rounded once where the set has such an instruction.
    unsafe fn mul_add(self, factor: Self, addend: Self) -> Self;
    /// Shifts the bits of each number left by 23, into the exponent, and adds those of 1.0.
    unsafe fn exponent_of_low_bits(self) -> Self;
}

/// One number: the transform of the scalar set.
#[allow(unsafe_op_in_unsafe_fn, reason = "each function is one operation, under the trait's conditions")]
impl Simd for f32 {
    const LANES: usize = 1;

    unsafe fn splat(x: f32) -> Self {
        x
    }
    unsafe fn load(from: *const f32) -> Self {
        *from
    }
    unsafe fn store(self, to: *mut f32) {
        *to = self;
    }
    unsafe fn add(self, other: Self) -> Self {
        self + other
    }
    unsafe fn sub(self, other: Self) -> Self {
        self - other
    }
    unsafe fn mul(self, other: Self) -> Self {
        self * other
    }
    unsafe fn div(self, other: Self) -> Self {
        self / other
    }
    unsafe fn max(self, other: Self) -> Self {
        if self > other { self } else { other }
    }
    unsafe fn min(self, other: Self) -> Self {
        if self < other { self } else { other }
    }
    unsafe fn sqrt(self) -> Self {
        f32::sqrt(self)
    }
    unsafe fn mul_add(self, factor: Self, addend: Self) -> Self {
        f32::mul_add(self, factor, addend)
    }
    unsafe fn exponent_of_low_bits(self) -> Self {
        f32::from_bits((self.to_bits() << 23).wrapping_add(1.0_f32.to_bits()))
    }
}
