//! The codes of telephones: mu-law and A-law, a byte for a sample, by ITU-T Recommendation G.711 (11/88).
//!
//! A code is a sign, a segment of three bits and a step of four. Each segment spans twice the range of the one before, in
//! sixteen steps, so that quiet samples are kept finely and loud ones coarsely. Decoded samples are 16-bit integers: the
//! standard's own numbers have 14 bits (mu-law) and 13 (A-law), and are multiplied by 4 and by 8.
//!
//! ```
//! use voiced::audio::g711;
//!
//! let payload = [0xff_u8; 160]; // of an RTP packet of payload type 0, PCMU: 20 ms at 8,000 Hz
//! let mut samples = Vec::new();
//! g711::decode_mu_law(&payload, &mut samples);
//! assert_eq!(samples, [0_i16; 160]);
//! ```

/// The samples of mu-law bytes (PCMU: North America, Japan), appended to `samples`; full scale is ±32,124.
///
/// Every byte is a code. Source: G.711, tables 2a and 2b.
pub fn decode_mu_law(bytes: &[u8], samples: &mut Vec<i16>) {
    samples.extend(bytes.iter().map(|&byte| mu_law(byte)));
}

/// The samples of A-law bytes (PCMA: most of the world), appended to `samples`; full scale is ±32,256.
///
/// Every byte is a code. Source: G.711, tables 1a and 1b.
pub fn decode_a_law(bytes: &[u8], samples: &mut Vec<i16>) {
    samples.extend(bytes.iter().map(|&byte| a_law(byte)));
}

/// All bits are sent inverted. A step of segment 0 is 2 of 14 bits, and the segments are shifted by 33 so that zero is a code.
fn mu_law(byte: u8) -> i16 {
    let (negative, segment, step) = parts(!byte);
    let magnitude = (((2 * step + 33) << segment) - 33) * 4;
    if negative { -magnitude } else { magnitude }
}

/// Every second bit is sent inverted, and the sign bit is set for positive samples. Segments 0 and 1 have steps of the
/// same size, 2 of 13 bits; a sample is the middle of its step.
fn a_law(byte: u8) -> i16 {
    let (positive, segment, step) = parts(byte ^ 0b0101_0101);
    let magnitude = 8 * if segment == 0 { 2 * step + 1 } else { (2 * step + 33) << (segment - 1) };
    if positive { magnitude } else { -magnitude }
}

/// The sign bit, the segment (0 to 7) and the step in it (0 to 15).
fn parts(code: u8) -> (bool, u8, i16) {
    (code >> 7 == 1, (code >> 4) & 7, i16::from(code & 15))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Compares the samples of the codes 0 to 255 with what `tools/export/golden_g711.py` got from Python.
    #[track_caller]
    fn assert_decodes(law: &str, decode: fn(&[u8], &mut Vec<i16>)) {
        let golden: serde_json::Value = serde_json::from_str(include_str!("../../tests/data/g711.json")).unwrap();
        let wanted: Vec<i16> = serde_json::from_value(golden[law].clone()).unwrap();
        assert_eq!(wanted.len(), 256);
        let codes: Vec<u8> = (0..=255).collect();
        let mut samples = vec![7]; // what is there stays
        decode(&codes, &mut samples);
        assert_eq!(samples.split_off(1), wanted, "{law}");
        assert_eq!(samples, [7]);
    }

    #[test]
    fn all_codes_are_decoded_as_by_python() {
        assert_decodes("mu_law", decode_mu_law);
        assert_decodes("a_law", decode_a_law);
    }
}
