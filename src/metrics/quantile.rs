//! Quantiles, with and without weights.

/// The value below which a share of the sorted values lies, between two by linear interpolation; `None` without values.
///
/// The value at place `share * (count - 1)`: numpy's `quantile`, type 7 of Hyndman and Fan, "Sample Quantiles in Statistical
/// Packages" (1996).
pub(super) fn of_sorted(values: &[f64], share: f64) -> Option<f64> {
    at_share(values.len() as u64, share, |place| values.get(place as usize).copied())
}

/// The quantile of values of which each is there as often as its weight says: `(value, weight)`, sorted by value.
pub(super) fn of_weighted(values: &(impl Iterator<Item = (f64, u64)> + Clone), share: f64) -> Option<f64> {
    let count = values.clone().map(|(_, weight)| weight).sum();
    at_share(count, share, |place| {
        let mut passed = 0;
        values.clone().find_map(|(value, weight)| {
            passed += weight;
            (place < passed).then_some(value)
        })
    })
}

fn at_share(count: u64, share: f64, value: impl Fn(u64) -> Option<f64>) -> Option<f64> {
    let last = count.checked_sub(1).filter(|_| !share.is_nan())?;
    let place = share.clamp(0.0, 1.0) * last as f64;
    let low = value((place as u64).min(last))?;
    let high = value((place as u64 + 1).min(last))?;
    Some(low + (high - low) * place.fract())
}
