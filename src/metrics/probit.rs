//! The scale of a DET curve.

/// The value below which a normal variable lies with probability `share`: the inverse of the standard normal distribution
/// function, and the scale of both axes of a DET curve.
///
/// Exact to 7 digits, by algorithm PPND7 of Wichura, "Algorithm AS 241: The Percentage Points of the Normal Distribution"
/// (1988). A share of 0 gives minus infinity and 1 gives infinity; what is no share gives NaN.
pub fn probit(share: f64) -> f64 {
    let centred = share - 0.5;
    if centred.abs() <= 0.425 {
        let r = 0.180_625 - centred * centred;
        return centred * polynomial([3.387_132_717_9, 50.434_271_938, 159.291_132_02, 59.109_374_72], r)
            / polynomial([1.0, 17.895_169_469, 78.757_757_664, 67.187_563_6], r);
    }
    let r = (-share.min(1.0 - share).ln()).sqrt();
    let size = if r <= 5.0 {
        polynomial([1.423_437_277_7, 2.756_815_39, 1.306_728_481_6, 0.170_238_211_03], r - 1.6)
            / polynomial([1.0, 0.737_001_642_5, 0.120_211_329_75], r - 1.6)
    } else if r.is_infinite() {
        r
    } else {
        polynomial([6.657_905_115, 3.081_226_386, 0.428_682_943_37, 0.017_337_203_997], r - 5.0)
            / polynomial([1.0, 0.241_978_942_25, 0.012_258_202_635], r - 5.0)
    };
    size.copysign(centred)
}

/// The polynomial with these coefficients, lowest power first.
fn polynomial<const N: usize>(coefficients: [f64; N], x: f64) -> f64 {
    coefficients.into_iter().rev().fold(0.0, |sum, coefficient| sum * x + coefficient)
}
