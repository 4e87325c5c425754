//! Where things stand in this repository.

use std::path::{Path, PathBuf};

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("BUG: xtask is a folder of the repository")
        .to_path_buf()
}

/// Where cargo builds: `target`, unless the environment says otherwise.
pub(crate) fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root().join(folder),
        None => root().join("target"),
    }
}

/// A program that cargo built in `profile` (`debug` or `release`).
pub(crate) fn built(profile: &str, name: &str) -> PathBuf {
    target()
        .join(profile)
        .join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// A program that `cargo install --root target/tools` installed.
pub(crate) fn tool(name: &str) -> PathBuf {
    target()
        .join("tools/bin")
        .join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}
