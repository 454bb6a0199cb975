//! Only the published weights are built in: what the build script refuses.
#![cfg(feature = "embedded")]

#[allow(dead_code, reason = "its `main` is for builds")]
#[path = "../build.rs"]
mod build;

use std::fs;
use std::path::{Path, PathBuf};

/// A copy of `weights/` under the name of a test.
fn copy(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("weights")).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, folder.join(path.file_name().unwrap())).unwrap();
    }
    folder
}

/// What the build script says of the folder, after `change` was made to the bytes of the 16 kHz weights.
fn check_changed(test: &str, change: impl FnOnce(&mut Vec<u8>)) -> Result<(), String> {
    let folder = copy(test);
    let path = folder.join("silero_16k.safetensors");
    let mut bytes = fs::read(&path).unwrap();
    change(&mut bytes);
    fs::write(&path, bytes).unwrap();
    build::check(&folder)
}

#[test]
fn published_weights_pass() {
    assert_eq!(check_changed("same", |_| ()), Ok(()));
}

#[test]
fn a_changed_bit_is_refused() {
    for (place, test) in ["first", "middle", "last"].into_iter().enumerate() {
        let fault = check_changed(test, |bytes| {
            let at = place * (bytes.len() - 1) / 2;
            bytes[at] ^= 1;
        });
        assert!(fault.unwrap_err().contains("silero_16k.safetensors is not the published file"), "{test}");
    }
}

#[test]
fn a_shorter_or_longer_file_is_refused() {
    check_changed("shorter", |bytes| bytes.truncate(bytes.len() - 1)).unwrap_err();
    check_changed("longer", |bytes| bytes.push(0)).unwrap_err();
    check_changed("empty", Vec::clear).unwrap_err();
}

#[test]
fn exchanged_files_are_refused() {
    let folder = copy("exchanged");
    let [low, high, aside] =
        ["silero_8k.safetensors", "silero_16k.safetensors", "aside"].map(|name| folder.join(name));
    fs::rename(&low, &aside).unwrap();
    fs::rename(&high, &low).unwrap();
    fs::rename(&aside, &high).unwrap();
    build::check(&folder).unwrap_err();
}

#[test]
fn a_file_that_the_readme_does_not_list_is_refused() {
    let folder = copy("unlisted");
    fs::copy(folder.join("silero_8k.safetensors"), folder.join("other.safetensors")).unwrap();
    assert!(build::check(&folder).unwrap_err().contains("says no SHA-256 of other.safetensors"));
    fs::remove_file(folder.join("README.md")).unwrap();
    assert!(build::check(&folder).unwrap_err().contains("cannot be read"));
}

#[test]
fn sha256_is_the_standard_one() {
    // NIST's examples for FIPS 180-4, and lengths around a block's end as Python's hashlib has them.
    let a = |count| vec![b'a'; count];
    for (message, hash) in [
        (b"abc".to_vec(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".to_vec(),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
        ),
        (a(0), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (a(55), "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318"),
        (a(56), "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a"),
        (a(63), "7d3e74a05d7db15bce4ad9ec0658ea98e3f06eeecf16b4c6fff2da457ddc2f34"),
        (a(64), "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"),
        (a(65), "635361c48bb9eab14198e76ea8ab7f1a41685d6ad62aa9146d301d4f17eb0ae0"),
        (a(119), "31eba51c313a5c08226adf18d4a359cfdfd8d2e816b13f4af952f7ea6584dcfb"),
        (a(120), "2f3d335432c70b580af0e8e1b3674a7c020d683aa5f73aaaedfdc55af904c21c"),
        (a(1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    ] {
        assert_eq!(build::sha256(&message), hash, "{} bytes", message.len());
    }
}
