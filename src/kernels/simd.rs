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
    /// `self * factor + addend`, rounded once where the set has such an instruction.
    unsafe fn mul_add(self, factor: Self, addend: Self) -> Self;
    /// Shifts the bits of each number left by 23, into the exponent, and adds those of 1.0.
    unsafe fn exponent_of_low_bits(self) -> Self;
}
