//! Times as text, from samples, by whole numbers only: exact at any length.

/// Seconds with three decimals, or up to six where three are not exact.
pub(crate) fn seconds(samples: u64, rate: u32) -> String {
    let micros = round(samples, rate, 1_000_000);
    let mut text = format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000);
    let zeros = text.bytes().rev().take(3).take_while(|&digit| digit == b'0').count();
    text.truncate(text.len() - zeros);
    text
}

/// Seconds with three decimals.
pub(crate) fn millis(samples: u64, rate: u32) -> String {
    let millis = round(samples, rate, 1000);
    format!("{}.{:03}", millis / 1000, millis % 1000)
}

/// `HH:MM:SS`, the separator, and milliseconds.
pub(super) fn clock(samples: u64, rate: u32, separator: char) -> String {
    let millis = round(samples, rate, 1000);
    let (seconds, minutes, hours) = (millis / 1000, millis / 60_000, millis / 3_600_000);
    format!("{hours:02}:{:02}:{:02}{separator}{:03}", minutes % 60, seconds % 60, millis % 1000)
}

/// `samples` in units of `1 / per_second`, to the nearest.
fn round(samples: u64, rate: u32, per_second: u32) -> u128 {
    let rate = u128::from(rate.max(1));
    (u128::from(samples) * u128::from(per_second) + rate / 2) / rate
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_have_three_to_six_decimals() {
        for (samples, rate, expected) in [
            (0, 16_000, "0.000"),
            (1600, 16_000, "0.100"),
            (1, 16_000, "0.000063"),
            (1, 8000, "0.000125"),
            (44_099, 44_100, "0.999977"),
            (441, 44_100, "0.010"),
            (16_000 * 36_000, 16_000, "36000.000"),
            (u64::MAX, 1, "18446744073709551615.000"),
        ] {
            assert_eq!(seconds(samples, rate), expected, "{samples} at {rate}");
        }
    }

    #[test]
    fn millis_round_to_the_nearest() {
        assert_eq!(millis(7, 16_000), "0.000");
        assert_eq!(millis(8, 16_000), "0.001");
        assert_eq!(millis(15_999, 16_000), "1.000");
    }

    #[test]
    fn a_clock_carries_over() {
        assert_eq!(clock(0, 16_000, ','), "00:00:00,000");
        assert_eq!(clock(59_999_999, 1_000_000, ','), "00:01:00,000");
        assert_eq!(clock(8000 * 3600 * 100 + 4, 8000, '.'), "100:00:00.001");
    }
}
