//! A file outside the database that remembers the last commit, so that an older copy of the database
//! put back in its place is noticed.
//!
//! It is written after every commit that moved the head, in place and without waiting for the disk: a
//! witness that is behind proves nothing, a database that is behind its witness was rewound.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use mostrador_protocol::entry::EntryHash;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{DatabaseKey, Error};

/// What the file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Testimony {
    /// The stream of the last commit; nil before the first.
    pub(crate) stream: Uuid,
    /// Its last entry.
    pub(crate) seq: u64,
    /// The chain up to it.
    pub(crate) hash: EntryHash,
    /// Tells a wrong key from a damaged file without telling the key.
    pub(crate) key_mark: String,
}

impl Testimony {
    /// Before any entry.
    pub(crate) fn blank(key: &DatabaseKey) -> Self {
        Self {
            stream: Uuid::nil(),
            seq: 0,
            hash: EntryHash::ZERO,
            key_mark: key_mark(key),
        }
    }

    /// Whether the file was made with this key.
    pub(crate) fn fits(&self, key: &DatabaseKey) -> bool {
        self.key_mark == key_mark(key)
    }

    fn to_line(&self) -> String {
        format!(
            "mostrador-witness 1 {} {:020} {} {}\n",
            self.stream.simple(),
            self.seq,
            hex::encode(self.hash.0),
            self.key_mark
        )
    }

    /// `None` when the text is anything else than one whole line of [`Testimony::to_line`].
    fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_suffix('\n')?;
        let rest = rest.strip_prefix("mostrador-witness 1 ")?;
        let mut parts = rest.split(' ');
        let stream = Uuid::try_parse(parts.next()?).ok()?;
        let seq = parts.next()?.parse().ok()?;
        let mut hash = [0; 32];
        hex::decode_to_slice(parts.next()?, &mut hash).ok()?;
        let key_mark = parts.next()?.to_owned();
        let whole = key_mark.len() == 16 && parts.next().is_none();
        whole.then_some(Self {
            stream,
            seq,
            hash: EntryHash(hash),
            key_mark,
        })
    }
}

/// The witness file, kept open.
#[derive(Debug)]
pub(crate) struct Witness {
    path: PathBuf,
    file: File,
    last: Testimony,
}

/// Where the witness of a ledger file stands.
pub(crate) fn beside(path: &Path) -> PathBuf {
    path.with_extension("witness")
}

/// What the witness of the ledger at `path` says; `None` when there is none, or when it was torn by
/// a power cut and says nothing.
pub(crate) fn read(path: &Path) -> Result<Option<Testimony>, Error> {
    let path = beside(path);
    let mut text = String::new();
    match File::open(&path) {
        Ok(mut file) => match file.read_to_string(&mut text) {
            Ok(_) => Ok(Testimony::parse(&text)),
            Err(source) if source.kind() == std::io::ErrorKind::InvalidData => Ok(None),
            Err(source) => Err(Error::File { path, source }),
        },
        Err(source) if source.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(Error::File { path, source }),
    }
}

impl Witness {
    /// Opens the file for writing and writes `first` into it, durably.
    pub(crate) fn open(path: &Path, first: Testimony) -> Result<Self, Error> {
        let path = beside(path);
        let opened = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path);
        let mut file = opened.map_err(|source| Error::File {
            path: path.clone(),
            source,
        })?;
        write_line(&mut file, &first)
            .and_then(|()| file.sync_all())
            .map_err(|source| Error::File {
                path: path.clone(),
                source,
            })?;
        Ok(Self {
            path,
            file,
            last: first,
        })
    }

    /// Notes a committed head. A witness that cannot be written is logged, not fatal: the commit stands.
    pub(crate) fn note(&mut self, stream: Uuid, seq: u64, hash: EntryHash) {
        if (self.last.stream, self.last.seq) == (stream, seq) {
            return;
        }
        self.last.stream = stream;
        self.last.seq = seq;
        self.last.hash = hash;
        if let Err(error) = write_line(&mut self.file, &self.last) {
            tracing::warn!(path = %self.path.display(), %error, "the witness of the ledger cannot be written");
        }
    }
}

fn write_line(file: &mut File, testimony: &Testimony) -> std::io::Result<()> {
    let line = testimony.to_line();
    file.seek(SeekFrom::Start(0))?;
    file.write_all(line.as_bytes())?;
    file.set_len(line.len() as u64)
}

fn key_mark(key: &DatabaseKey) -> String {
    let mut hasher = Sha256::new();
    hasher.update(b"mostrador/key-mark/1");
    hasher.update(key.to_bytes());
    let mark: [u8; 32] = hasher.finalize().into();
    hex::encode(&mark[..8])
}

#[cfg(test)]
mod tests {
    use super::Testimony;
    use crate::DatabaseKey;

    #[test]
    fn a_line_reads_back_and_a_torn_one_says_nothing() {
        let testimony = Testimony::blank(&DatabaseKey::from_bytes([7; 32]));
        let line = testimony.to_line();
        assert_eq!(Testimony::parse(&line), Some(testimony));
        for end in 0..line.len() {
            assert_eq!(Testimony::parse(&line[..end]), None, "{end}");
        }
    }
}
