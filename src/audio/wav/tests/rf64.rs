//! Files of more than 4 GiB.

use super::*;

/// An RF64 file whose `ds64` chunk says `claimed` bytes of samples, and its `data` chunk `in_data`.
fn rf64(format: &[u8], claimed: u64, in_data: u32, data: &[u8]) -> Vec<u8> {
    let ds64 = chunk(*b"ds64", 28, &[&[0; 8][..], &claimed.to_le_bytes(), &[0; 12]].concat());
    let fmt = chunk(*b"fmt ", format.len() as u32, format);
    [chunk(*b"RF64", u32::MAX, b"WAVE"), ds64, fmt, chunk(*b"data", in_data, data)].concat()
}

#[test]
fn ds64_is_believed_as_far_as_there_are_samples() {
    let pcm = format(1, 1, 16_000, 2, 16);
    let data = [0, 64, 0, 192];
    let both = vec![0.5, -0.5];
    for (claimed, in_data, expected) in [
        (6, u32::MAX, (both.clone(), true)),
        (1 << 40, u32::MAX, (both.clone(), true)),
        (u64::MAX - 1, u32::MAX, (both.clone(), true)),
        (3, u32::MAX, (vec![0.5], true)),
        (2, u32::MAX, (vec![0.5], false)),
        (0, u32::MAX, (both.clone(), false)),
        (u64::MAX, u32::MAX, (both.clone(), false)),
        (1 << 40, 4, (both.clone(), false)), // the chunk's own size holds
    ] {
        assert_eq!(read(&rf64(&pcm, claimed, in_data, &data)).unwrap(), expected, "{claimed:#x}, {in_data:#x}");
    }
    let honest = rf64(&pcm, 4, u32::MAX, &[0, 64, 0, 192, 9, 9, 9, 9]);
    assert_eq!(Reader::new(&*honest).unwrap().frames(), Some(2));
    assert_eq!(read(&honest).unwrap(), (both.clone(), false));
    let short = [chunk(*b"RF64", u32::MAX, b"WAVE"), chunk(*b"ds64", 8, &[9; 8])].concat();
    let rest = file(&pcm, u32::MAX, &data);
    assert_eq!(read(&[&short[..], &rest[12..]].concat()).unwrap(), (both, false), "a ds64 that is too short");
}

#[test]
fn samples_beyond_4_gib_are_read_to_the_last() {
    const CHANNELS: u16 = 4096;
    let frame = u64::from(CHANNELS) * 8;
    let frames = (1_u64 << 32) / frame + 3;
    let mut last = vec![0; frame as usize];
    last[frame as usize - 8..].copy_from_slice(&0.5_f64.to_le_bytes());
    let header = rf64(&format(3, CHANNELS, 16_000, 8, 64), frames * frame, u32::MAX, &[]);
    let bytes = header.chain(io::repeat(0).take((frames - 1) * frame)).chain(&*last).chain(&b"LISTmore"[..]);
    let mut reader = Reader::new(bytes).unwrap();
    assert_eq!(reader.frames(), Some(frames));
    let mut block = vec![1.0; 64 * usize::from(CHANNELS)];
    let (mut samples, mut end) = (0, 0.0);
    loop {
        match reader.read(&mut block).unwrap() {
            0 => break,
            count => {
                samples += count as u64;
                end = block[count - 1];
            }
        }
    }
    assert_eq!((samples, end, reader.truncated()), (frames * u64::from(CHANNELS), 0.5, false));
}
