//! A file that is there whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::Error;

/// A file being written beside its target, under the target's name with `.part` behind it.
#[derive(Debug)]
pub(super) struct Draft {
    part: Part,
    writer: BufWriter<File>,
}

/// What stands under the name with `.part`: whole, on the disk, and not yet at its target.
#[derive(Debug)]
pub(super) struct Part {
    target: PathBuf,
    path: PathBuf,
}

impl Draft {
    /// Begins one; what a run that was stopped left in its place goes. Only the owner can read it: it
    /// holds codes that are worth money, or the key to them.
    pub(super) fn begin(target: &Path) -> Result<Self, Error> {
        let part = Part::of(target);
        // The mode holds for new files only: one that others can read must not stay.
        if let Err(source) = fs::remove_file(&part.path)
            && source.kind() != io::ErrorKind::NotFound
        {
            return Err(part.failed(source));
        }
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options
            .open(&part.path)
            .map_err(|source| part.failed(source))?;
        let writer = BufWriter::new(file);
        Ok(Self { part, writer })
    }

    /// Puts everything on the disk.
    pub(super) fn finish(self) -> Result<Part, Error> {
        let Self { part, writer } = self;
        let written = writer.into_inner().map_err(io::IntoInnerError::into_error);
        let synced = written.and_then(|file| file.sync_all());
        synced.map_err(|source| part.failed(source))?;
        Ok(part)
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

impl Part {
    /// The part of this target, whether it is there or not.
    pub(super) fn of(target: &Path) -> Self {
        let mut name = target.as_os_str().to_owned();
        name.push(".part");
        Self {
            target: target.to_owned(),
            path: name.into(),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Takes its place, at once and for good.
    pub(super) fn appear(self) -> Result<(), Error> {
        fs::rename(&self.path, &self.target).map_err(|source| self.failed(source))?;
        // A rename is on the disk when its folder is; only Unix can say so.
        #[cfg(unix)]
        if let Some(folder) = self.target.parent() {
            let folder = if folder.as_os_str().is_empty() {
                Path::new(".")
            } else {
                folder
            };
            let synced = File::open(folder).and_then(|folder| folder.sync_all());
            synced.map_err(|source| self.failed(source))?;
        }
        Ok(())
    }

    /// Is not wanted any more.
    pub(super) fn discard(self) -> Result<(), Error> {
        fs::remove_file(&self.path).map_err(|source| self.failed(source))
    }

    fn failed(&self, source: io::Error) -> Error {
        Error::File {
            attempt: "writing",
            path: self.path.clone(),
            source,
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn what_a_stopped_run_left_for_all_to_read_is_not_written_on() {
        let folder = tempfile::tempdir().expect("a folder");
        let target = folder.path().join("codes.csv");
        let left = Part::of(&target);
        fs::write(left.path(), "left").expect("written");
        fs::set_permissions(left.path(), fs::Permissions::from_mode(0o644)).expect("opened up");

        let mut draft = Draft::begin(&target).expect("begun");
        draft.write_all(b"new").expect("written");
        draft
            .finish()
            .expect("finished")
            .appear()
            .expect("appeared");

        let mode = fs::metadata(&target).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(fs::read_to_string(&target).expect("read"), "new");
    }
}
