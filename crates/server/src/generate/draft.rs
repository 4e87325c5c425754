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
    /// Begins one; what a run that was stopped left in its place is overwritten. Only the owner can
    /// read it: it holds codes that are worth money, or the key to them.
    pub(super) fn begin(target: &Path) -> Result<Self, Error> {
        let part = Part::of(target);
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
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
