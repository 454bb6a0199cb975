//! Refuses to build in weights that are not the published ones.
//!
//! `weights/README.md` says each file's SHA-256, as `tools/export` writes it. A file that was exchanged, cut off, or
//! rewritten on its way here (as line-end conversion does to binary files) stops the build, instead of giving wrong scores.

use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=weights");
    if env::var_os("CARGO_FEATURE_EMBEDDED").is_some()
        && let Err(fault) = check(Path::new("weights"))
    {
        println!("cargo::error={fault}");
    }
}

/// Compares each weights file in `folder` with the SHA-256 that the folder's README says.
///
/// # Errors
/// What differs, for the first file that does: its content, or that the README does not list it.
pub(crate) fn check(folder: &Path) -> Result<(), String> {
    let unreadable = |path: &Path, e| format!("{} cannot be read: {e}", path.display());
    let readme = folder.join("README.md");
    let listed = fs::read_to_string(&readme).map_err(|e| unreadable(&readme, e))?;
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(|e| unreadable(folder, e))? {
        let name = entry.map_err(|e| unreadable(folder, e))?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".safetensors") {
            names.push(name);
        }
    }
    names.sort();
    for name in names {
        let path = folder.join(&name);
        let wanted =
            published(&listed, &name).ok_or_else(|| format!("{} says no SHA-256 of {name}", readme.display()))?;
        let found = sha256(&fs::read(&path).map_err(|e| unreadable(&path, e))?);
        if found != wanted {
            return Err(format!(
                "{} is not the published file: its SHA-256 is {found}, and {} says {wanted}",
                path.display(),
                readme.display(),
            ));
        }
    }
    Ok(())
}

/// The SHA-256 in the README's table row of the file `name`.
fn published<'a>(readme: &'a str, name: &str) -> Option<&'a str> {
    let cells = |row: &'a str| row.split('|').map(|cell| cell.trim().trim_matches('`'));
    let is_hash = |cell: &&str| cell.len() == 64 && cell.bytes().all(|byte| byte.is_ascii_hexdigit());
    let row = readme.lines().find(|row| cells(row).any(|cell| cell == name))?;
    cells(row).find(is_hash)
}

/// SHA-256 in hexadecimal (FIPS 180-4, sections 4.1.2, 4.2.2, 5 and 6.2).
///
/// Written out because a crate for it would bring eight more into every build of the engine.
pub(crate) fn sha256(message: &[u8]) -> String {
    let mut hash = FIRST_HASH;
    let (blocks, rest) = message.as_chunks::<64>();
    // A 1 bit and the length in bits follow the message, in its last block or one more.
    let mut end = [0; 128];
    end[..rest.len()].copy_from_slice(rest);
    end[rest.len()] = 0x80;
    let length = (rest.len() + 9).next_multiple_of(64);
    end[length - 8..length].copy_from_slice(&(message.len() as u64 * 8).to_be_bytes());
    for block in blocks.iter().chain(end[..length].as_chunks().0) {
        compress(&mut hash, block);
    }
    hash.iter().fold(String::new(), |mut text, word| {
        write!(text, "{word:08x}").expect("a String takes all text");
        text
    })
}

/// Moves `hash` on by one block of the message.
fn compress(hash: &mut [u32; 8], block: &[u8; 64]) {
    let mut schedule = [0_u32; 64];
    for (word, bytes) in schedule.iter_mut().zip(block.as_chunks().0) {
        *word = u32::from_be_bytes(*bytes);
    }
    for t in 16..64 {
        let (x, y) = (schedule[t - 15], schedule[t - 2]);
        let small0 = x.rotate_right(7) ^ x.rotate_right(18) ^ x >> 3;
        let small1 = y.rotate_right(17) ^ y.rotate_right(19) ^ y >> 10;
        schedule[t] = schedule[t - 16].wrapping_add(small0).wrapping_add(schedule[t - 7]).wrapping_add(small1);
    }
    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = *hash;
    for (word, constant) in schedule.iter().zip(ROUND) {
        let large1 = e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25);
        let choice = e & f ^ !e & g;
        let first = h.wrapping_add(large1).wrapping_add(choice).wrapping_add(constant).wrapping_add(*word);
        let large0 = a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22);
        let majority = a & b ^ a & c ^ b & c;
        let second = large0.wrapping_add(majority);
        (h, g, f, e, d, c, b, a) = (g, f, e, d.wrapping_add(first), c, b, a, first.wrapping_add(second));
    }
    for (word, more) in hash.iter_mut().zip([a, b, c, d, e, f, g, h]) {
        *word = word.wrapping_add(more);
    }
}

/// The first 32 fractional bits of the square roots of the first 8 primes.
#[rustfmt::skip]
const FIRST_HASH: [u32; 8] = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
];

/// The first 32 fractional bits of the cube roots of the first 64 primes.
#[rustfmt::skip]
const ROUND: [u32; 64] = [
    0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
    0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
    0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
    0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
    0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
    0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
    0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
    0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
];
