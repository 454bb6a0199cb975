mod rf64;

use std::io::{self, Cursor, Read};

use super::*;

/// A format chunk's 16 bytes, by the standard.
fn format(tag: u16, channels: u16, rate: u32, bytes: u16, bits: u16) -> Vec<u8> {
    let align = channels.wrapping_mul(bytes);
    let mut chunk = Vec::new();
    chunk.extend(tag.to_le_bytes());
    chunk.extend(channels.to_le_bytes());
    chunk.extend(rate.to_le_bytes());
    chunk.extend(rate.wrapping_mul(u32::from(align)).to_le_bytes());
    chunk.extend(align.to_le_bytes());
    chunk.extend(bits.to_le_bytes());
    chunk
}

/// The same, extended by valid bits and the tag as a GUID.
fn extensible(tag: u16, channels: u16, bytes: u16, bits: u16, valid: u16) -> Vec<u8> {
    let mut chunk = format(0xfffe, channels, 16_000, bytes, bits);
    chunk.extend(22_u16.to_le_bytes());
    chunk.extend(valid.to_le_bytes());
    chunk.extend([0; 4]); // no speaker positions
    chunk.extend(tag.to_le_bytes());
    chunk.extend(b"\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71");
    chunk
}

fn chunk(id: [u8; 4], size: u32, content: &[u8]) -> Vec<u8> {
    [&id[..], &size.to_le_bytes(), content].concat()
}

/// A file whose data chunk claims `claimed` bytes.
fn file(format: &[u8], claimed: u32, data: &[u8]) -> Vec<u8> {
    let fmt = chunk(*b"fmt ", format.len() as u32, format);
    let data = chunk(*b"data", claimed, data);
    let riff = chunk(*b"RIFF", 4 + (fmt.len() + data.len()) as u32, b"WAVE");
    [riff, fmt, data].concat()
}

fn honest(format: &[u8], data: &[u8]) -> Vec<u8> {
    file(format, data.len() as u32, data)
}

/// All samples, read in blocks of `block`, and whether the file ended early.
fn read_in_blocks(bytes: &[u8], block: usize) -> Result<(Vec<f32>, bool), Error> {
    let mut reader = Reader::new(bytes)?;
    let mut samples = Vec::new();
    let mut block = vec![0.0; block];
    loop {
        match reader.read(&mut block)? {
            0 => return Ok((samples, reader.truncated())),
            count => samples.extend(&block[..count]),
        }
    }
}

fn read(bytes: &[u8]) -> Result<(Vec<f32>, bool), Error> {
    let whole = read_in_blocks(bytes, 1000)?;
    assert_eq!(read_in_blocks(bytes, 64)?, whole);
    Ok(whole)
}

fn reason(bytes: &[u8]) -> String {
    match read(bytes) {
        Err(Error::Wav { reason }) => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_sample_format_has_full_scale_at_one() {
    let u8s = [0, 64, 128, 192];
    let i16s = [i16::MIN, -16_384, 0, 16_384].map(i16::to_le_bytes);
    let i32s = [i32::MIN, -(1 << 30), 0, 1 << 30];
    let f32s = [-1.0_f32, -0.5, 0.0, 0.5].map(f32::to_le_bytes);
    let f64s = [-1.0_f64, -0.5, 0.0, 0.5].map(f64::to_le_bytes);
    let i24s = i32s.map(i32::to_le_bytes).map(|[_, low, middle, high]| [low, middle, high]);
    let high = i32s.map(|n| (n & !0xff).to_le_bytes()); // 24 valid bits, at the top of 32
    let low = i32s.map(|n| (n >> 8).to_le_bytes());
    let i32s = i32s.map(i32::to_le_bytes);
    let expected = (vec![-1.0, -0.5, 0.0, 0.5], false);
    for (name, format, data) in [
        ("8 bits", format(1, 1, 8000, 1, 8), &u8s[..]),
        ("16 bits", format(1, 1, 8000, 2, 16), i16s.as_flattened()),
        ("24 bits", format(1, 1, 8000, 3, 24), i24s.as_flattened()),
        ("32 bits", format(1, 1, 8000, 4, 32), i32s.as_flattened()),
        ("float", format(3, 1, 8000, 4, 32), f32s.as_flattened()),
        ("long float", format(3, 1, 8000, 8, 64), f64s.as_flattened()),
        ("24 bits in the low bytes of 32", format(1, 1, 8000, 4, 24), low.as_flattened()),
        ("extensible 8 bits", extensible(1, 1, 1, 8, 8), &u8s[..]),
        ("extensible 16 bits", extensible(1, 1, 2, 16, 16), i16s.as_flattened()),
        ("extensible 24 bits", extensible(1, 1, 3, 24, 24), i24s.as_flattened()),
        ("extensible 24 valid bits of 32", extensible(1, 1, 4, 32, 24), high.as_flattened()),
        ("extensible 32 bits", extensible(1, 1, 4, 32, 32), i32s.as_flattened()),
        ("extensible float", extensible(3, 1, 4, 32, 32), f32s.as_flattened()),
        ("extensible long float", extensible(3, 1, 8, 64, 64), f64s.as_flattened()),
        ("two channels", format(1, 2, 8000, 2, 16), i16s.as_flattened()),
    ] {
        assert_eq!(read(&honest(&format, data)).unwrap(), expected, "{name}");
    }
}

#[test]
fn hound_reads_the_same_numbers() {
    let samples: Vec<i32> = (0..300).map(|n| (n * 7919 % 65_536 - 32_768) << 8 | n & 0xff).collect();
    for bits_per_sample in [8, 16, 24, 32] {
        let spec = hound::WavSpec {
            channels: 3,
            sample_rate: 44_100,
            bits_per_sample,
            sample_format: hound::SampleFormat::Int,
        };
        let mut file = Cursor::new(Vec::new());
        let mut writer = hound::WavWriter::new(&mut file, spec).unwrap();
        let kept: Vec<i32> = samples
            .iter()
            .map(|n| if bits_per_sample == 32 { n << 8 } else { n >> (24 - bits_per_sample) })
            .collect();
        for &n in &kept {
            writer.write_sample(n).unwrap();
        }
        writer.finalize().unwrap();
        let scale = 2.0_f64.powi(i32::from(bits_per_sample) - 1);
        let expected: Vec<f32> = kept.iter().map(|&n| (f64::from(n) / scale) as f32).collect();
        assert_eq!(read(file.get_ref()).unwrap(), (expected, false), "{bits_per_sample} bits");
    }
}

#[test]
fn what_is_written_is_read() {
    let samples = [0.0, 0.25, -1.0, 32_767.0 / 32_768.0, -0.5, 1.0 / 32_768.0];
    for format in [Format::I16, Format::F32] {
        let mut file = Cursor::new(Vec::new());
        let mut writer = Writer::new(&mut file, 44_100, 2, format).unwrap();
        writer.write(&samples).unwrap();
        writer.finish().unwrap();
        let reader = Reader::new(file.get_ref().as_slice()).unwrap();
        assert_eq!((reader.rate(), reader.channels(), reader.frames()), (44_100, 2, Some(3)));
        assert_eq!(read(file.get_ref()).unwrap(), (samples.to_vec(), false));
    }
}

#[test]
fn integers_clip_and_floats_do_not() {
    let samples = [2.0, -2.0, f32::NAN, f32::INFINITY];
    let written = |format| {
        let mut file = Cursor::new(Vec::new());
        let mut writer = Writer::new(&mut file, 8000, 1, format).unwrap();
        writer.write(&samples).unwrap();
        writer.finish().unwrap();
        read_in_blocks(file.get_ref(), 64).unwrap().0
    };
    assert_eq!(written(Format::I16), [32_767.0 / 32_768.0, -1.0, 0.0, 0.0]);
    let floats = written(Format::F32);
    assert_eq!(floats[..2], samples[..2]);
    assert!(floats[2].is_nan() && floats[3] == f32::INFINITY);
}

#[test]
fn a_writer_refuses_what_a_header_cannot_say() {
    let new = |rate, channels| Writer::new(Cursor::new(Vec::new()), rate, channels, Format::I16).map(drop);
    assert!(new(384_000, 64).is_ok());
    for (rate, channels) in [(0, 1), (8000, 0), (8000, 65_536), (u32::MAX, 2)] {
        assert!(matches!(new(rate, channels), Err(Error::Wav { .. })), "{rate} Hz, {channels} channels");
    }
    let mut writer = Writer::new(Cursor::new(Vec::new()), 8000, 2, Format::I16).unwrap();
    writer.write(&[0.0_f32; 3]).unwrap();
    assert!(matches!(writer.finish(), Err(Error::Wav { .. })), "half a frame");
}

#[test]
fn a_lying_size_gives_the_samples_that_there_are() {
    let pcm = format(1, 1, 16_000, 2, 16);
    let data = [0, 64, 0, 192];
    let half = vec![0.5, -0.5];
    for (claimed, truncated) in [(4, false), (6, true), (1000, true), (u32::MAX - 1, true)] {
        assert_eq!(read(&file(&pcm, claimed, &data)).unwrap(), (half.clone(), truncated), "{claimed}");
    }
    // From a pipe: nothing is claimed, by any of the three customs.
    for claimed in [0, u32::MAX, 0x7fff_f000] {
        let bytes = file(&pcm, claimed, &data);
        assert_eq!(Reader::new(&*bytes).unwrap().frames(), None);
        assert_eq!(read(&bytes).unwrap(), (half.clone(), false), "{claimed}");
    }
}

#[test]
fn a_cut_in_mid_sample_leaves_the_whole_frames() {
    let data = [0, 64, 0, 192, 0, 64, 0, 192]; // two stereo frames
    let bytes = honest(&format(1, 2, 16_000, 2, 16), &data);
    for cut in 1..=4 {
        let expected = (vec![0.5, -0.5], true);
        assert_eq!(read(&bytes[..bytes.len() - cut]).unwrap(), expected, "{cut} bytes less");
    }
    // An odd number of bytes that the header itself counts.
    let odd = file(&format(1, 1, 16_000, 2, 16), 3, &data);
    assert_eq!(read(&odd).unwrap(), (vec![0.5], true));
    let odd_from_a_pipe = file(&format(1, 1, 16_000, 2, 16), 0, &data[..3]);
    assert_eq!(read(&odd_from_a_pipe).unwrap(), (vec![0.5], true));
}

#[test]
fn chunks_around_the_data_are_no_samples() {
    let fmt = chunk(*b"fmt ", 16, &format(1, 1, 16_000, 2, 16));
    let odd = chunk(*b"LIST", 3, b"abc\0"); // padded to an even length
    let after = chunk(*b"id3 ", 4, b"tags");
    for (size, samples, expected) in [(4, &[0, 64, 0, 192][..], &[0.5, -0.5][..]), (0, &[], &[])] {
        let data = chunk(*b"data", size, samples);
        let body = [odd.clone(), fmt.clone(), odd.clone(), data, after.clone()].concat();
        let riff = chunk(*b"RIFF", 4 + body.len() as u32, b"WAVE");
        assert_eq!(read(&[riff, body].concat()).unwrap(), (expected.to_vec(), false));
    }
}

#[test]
fn padding_that_is_not_there_is_not_missed() {
    let format = chunk(*b"fmt ", 16, &format(1, 1, 16_000, 2, 16));
    let data = chunk(*b"data", 4, &[0, 64, 0, 192]);
    let expected = (vec![0.5, -0.5], false);
    for padding in [&b""[..], b"\0", b" "] {
        let odd = |id: &[u8; 4]| [chunk(*id, 3, b"abc"), padding.to_vec()].concat();
        for before in [odd(b"LIST"), odd(b"what"), [odd(b"what"), odd(b"LIST")].concat()] {
            for body in [[&before[..], &format, &data].concat(), [&format[..], &before, &data].concat()] {
                let riff = chunk(*b"RIFF", 4 + body.len() as u32, b"WAVE");
                assert_eq!(read(&[riff, body].concat()).unwrap(), expected, "{padding:?}");
            }
        }
    }
    // A format chunk of odd length, too.
    let odd = chunk(*b"fmt ", 17, &[&format[8..], &[0]].concat());
    for padding in [&b""[..], b"\0"] {
        let body = [&odd[..], padding, &data].concat();
        assert_eq!(read(&[chunk(*b"RIFF", 99, b"WAVE"), body].concat()).unwrap(), expected);
    }
}

#[test]
fn chunks_that_come_twice() {
    let format = |rate| chunk(*b"fmt ", 16, &format(1, 1, rate, 2, 16));
    let data = chunk(*b"data", 2, &[0, 64]);
    let whole = |chunks: &[&[u8]]| [&chunk(*b"RIFF", 99, b"WAVE")[..], &chunks.concat()].concat();
    assert_eq!(read(&whole(&[&format(8000), &data, &data])).unwrap(), (vec![0.5], false));
    assert_eq!(read(&whole(&[&format(8000), &format(8000), &data])).unwrap(), (vec![0.5], false));
    assert!(reason(&whole(&[&format(8000), &format(9000), &data])).contains("two format chunks, and they differ"));
    assert!(reason(&whole(&[&data, &format(8000)])).contains("no format chunk before the data"));
}

#[test]
fn the_file_s_own_size_is_not_believed() {
    let data = [0, 64, 0, 192];
    let mut bytes = honest(&format(1, 1, 16_000, 2, 16), &data);
    for size in [0, 1, 4, 37, 1000, u32::MAX] {
        bytes[4..8].copy_from_slice(&u32::to_le_bytes(size));
        assert_eq!(read(&bytes).unwrap(), (vec![0.5, -0.5], false), "{size}");
    }
    // A chunk that is longer than the file leaves no samples to find.
    let chunks = [chunk(*b"RIFF", 99, b"WAVE"), chunk(*b"LIST", 0xffff_fff0, b"abcd"), honest(&[], &[])];
    assert!(reason(&chunks.concat()).contains("ends within its header"));
}

#[test]
fn long_floats_are_rounded() {
    let numbers = [0.1, 1e300, -1e300, f64::NAN, 1e-300];
    let bytes = honest(&format(3, 1, 16_000, 8, 64), numbers.map(f64::to_le_bytes).as_flattened());
    let (samples, _) = read_in_blocks(&bytes, 64).unwrap();
    assert_eq!(samples[..3], [0.1_f32, f32::INFINITY, f32::NEG_INFINITY]);
    assert!(samples[3].is_nan() && samples[4] == 0.0);
}

#[test]
fn what_does_not_matter_is_not_checked() {
    let data = [0, 64, 0, 192];
    let mut wrong_byte_rate = format(1, 1, 16_000, 2, 16);
    wrong_byte_rate[8..12].fill(7);
    let mut long = format(3, 1, 16_000, 4, 32);
    long.extend([9, 9, 1, 2, 3, 4]);
    assert_eq!(read(&honest(&wrong_byte_rate, &data)).unwrap().0, [0.5, -0.5]);
    assert_eq!(read(&honest(&long, &0.5_f32.to_le_bytes())).unwrap().0, [0.5]);
}

#[test]
fn many_channels_nan_and_rates_pass() {
    let mut data = Vec::new();
    (0..64_u8).for_each(|n| data.extend([0, n]));
    let bytes = honest(&format(1, 64, 1, 2, 16), &data);
    let reader = Reader::new(&*bytes).unwrap();
    assert_eq!((reader.rate(), reader.channels(), reader.frames()), (1, 64, Some(1)));
    assert_eq!(read(&bytes).unwrap().0[63..], [63.0 / 128.0]);

    let odd = [f32::NAN, f32::NEG_INFINITY].map(f32::to_le_bytes);
    let (samples, _) = read_in_blocks(&honest(&format(3, 1, 16_000, 4, 32), odd.as_flattened()), 64).unwrap();
    assert!(samples[0].is_nan() && samples[1] == f32::NEG_INFINITY);
}

#[test]
fn bad_headers_say_what_is_wrong() {
    for (bytes, part) in [
        (Vec::new(), "ends within its header"),
        (b"RIFF".to_vec(), "ends within its header"),
        (b"This is a text file".to_vec(), "does not begin with a RIFF/WAVE header"),
        (honest(&format(1, 0, 16_000, 2, 16), &[]), "0 channels"),
        (honest(&format(1, 1, 0, 2, 16), &[]), "0 Hz"),
        (honest(&format(1, 1, 16_000, 1, 16), &[]), "sample bits exceeds"),
        (honest(&format(1, 1, 16_000, 2, 12), &[]), "multiple of 8"),
        (honest(&format(1, 1, 16_000, 0, 0), &[]), "bits per sample is 0"),
        (honest(&format(1, 1, 16_000, 5, 40), &[]), "not read"),
        (honest(&format(1, 1, 16_000, 2, 8), &[]), "not read"),
        (honest(&format(1, 1, 16_000, 8, 64), &[]), "not read"),
        (honest(&extensible(1, 1, 8, 64, 64), &[]), "not read"),
        (honest(&format(3, 1, 16_000, 4, 64), &[]), "exceeds"),
        (honest(&format(3, 1, 16_000, 2, 16), &[]), "not read"),
        (honest(&format(6, 1, 8000, 1, 8), &[]), "A-law"),
        (honest(&format(7, 1, 8000, 1, 8), &[]), "mu-law"),
        (honest(&format(1, 1, 16_000, 2, 16)[..14], &[]), "14 bytes"),
        (honest(&extensible(1, 1, 2, 16, 16)[..24], &[]), "24 bytes"),
        (honest(&extensible(9, 1, 2, 16, 16), &[]), "not read"),
        ([chunk(*b"RIFF", 12, b"WAVE"), chunk(*b"data", 0, &[])].concat(), "no format chunk"),
        (honest(&format(1, 1, 16_000, 2, 16), &[])[..36].to_vec(), "ends within its header"),
    ] {
        let reason = reason(&bytes);
        assert!(reason.contains(part), "{reason:?} lacks {part:?}");
    }
    let mut uneven = format(1, 2, 16_000, 2, 16);
    uneven[12] = 5; // bytes in a frame
    assert!(reason(&honest(&uneven, &[])).contains("5 bytes for 2 channels"));
}

#[test]
fn a_header_alone_has_no_samples() {
    assert_eq!(read(&honest(&format(1, 2, 16_000, 2, 16), &[])).unwrap(), (Vec::new(), false));
}

#[test]
fn a_block_without_room_for_a_frame_is_an_error_not_the_end() {
    let bytes = honest(&format(1, 4, 16_000, 2, 16), &[0; 8]);
    let mut reader = Reader::new(&*bytes).unwrap();
    assert!(matches!(reader.read(&mut [0.0; 3]), Err(Error::Wav { .. })));
    assert_eq!(reader.read(&mut [0.0; 4]), Ok(4));
}

#[test]
fn a_failing_source_is_an_error_not_the_end() {
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the cable came loose"))
        }
    }
    let bytes = file(&format(1, 1, 16_000, 2, 16), 4, &[0, 64]);
    let mut reader = Reader::new(bytes.chain(Failing)).unwrap();
    let failure = reader.read(&mut [0.0; 64]).unwrap_err().to_string();
    assert!(failure.contains("the cable came loose"), "{failure}");
}
