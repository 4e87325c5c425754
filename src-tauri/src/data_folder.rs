//! Where this till keeps its database, its key and its journal.

use std::path::{Path, PathBuf};

/// Names the folder explicitly, for a second till on one machine and for tests.
const VARIABLE: &str = "MOSTRADOR_DATA";

/// Why there is no folder to work in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The system tells no home of this person.
    #[error("this account has no home folder; set {VARIABLE} to a folder of its own")]
    NoHome,
    /// The folder is missing and could not be made.
    #[error("the folder {} could not be made ({source}); set {VARIABLE} to one that can be written", folder.display())]
    Create {
        /// Which.
        folder: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// The folder of `MOSTRADOR_DATA`, else the platform's own place for application data. Exists on
/// return.
pub(crate) fn find() -> Result<PathBuf, Error> {
    let folder = choose(std::env::var_os(VARIABLE).map(PathBuf::from), platform())?;
    std::fs::create_dir_all(&folder).map_err(|source| Error::Create {
        folder: folder.clone(),
        source,
    })?;
    Ok(folder)
}

/// Whether the person named the folder.
pub(crate) fn is_named() -> bool {
    std::env::var_os(VARIABLE).is_some_and(|value| !value.is_empty())
}

fn choose(named: Option<PathBuf>, platform: Option<PathBuf>) -> Result<PathBuf, Error> {
    named
        .filter(|path| path != Path::new(""))
        .or(platform)
        .ok_or(Error::NoHome)
}

fn platform() -> Option<PathBuf> {
    directories::ProjectDirs::from("dev", "mostrador", "mostrador")
        .map(|dirs| dirs.data_local_dir().to_path_buf())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_named_folder_wins_and_an_empty_name_does_not() {
        let platform = || Some(PathBuf::from("/home/a/.local/share/mostrador"));
        let check = |named: &str, expected: &str| {
            let chosen = choose(Some(PathBuf::from(named)), platform()).expect("a folder");
            assert_eq!(chosen, Path::new(expected));
        };
        check("/tills/two", "/tills/two");
        check("", "/home/a/.local/share/mostrador");
    }

    #[test]
    fn no_name_and_no_home_is_a_sentence() {
        let error = choose(None, None).expect_err("nowhere to go");
        assert!(error.to_string().contains("MOSTRADOR_DATA"), "{error}");
    }
}
