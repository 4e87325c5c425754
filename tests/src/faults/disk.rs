//! Disks of our own: a small one in memory, and one in a file whose power is cut.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// `EXT4_IOC_SHUTDOWN` with `EXT4_GOING_FLAGS_NOLOGFLUSH`: what the journal has not on the disk is gone.
/// Perl is on every Debian, and this workspace has no unsafe code.
const SHUT_DOWN: &str = r#"
opendir(my $folder, $ARGV[0]) or die "opening: $!\n";
open(my $root, "<", $ARGV[0]) or die "opening: $!\n";
my $flag = pack("L", 2);
ioctl($root, 0x8004587D, $flag) or die "shutting down: $!\n";
"#;

/// A mounted file system; dropping it unmounts.
#[derive(Debug)]
pub struct Disk {
    /// Where it is mounted.
    pub root: PathBuf,
    image: Option<PathBuf>,
}

impl Disk {
    /// A file system in memory that holds `kib` KiB, mounted below `folder`.
    ///
    /// # Errors
    /// When this machine or this user may not mount.
    pub fn small(folder: &Path, kib: u32) -> io::Result<Self> {
        let root = folder.join("small");
        std::fs::create_dir_all(&root)?;
        let size = format!("size={kib}k");
        run(Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "tmpfs"])
            .arg(&root))?;
        Ok(Self { root, image: None })
    }

    /// An ext4 of 64 MiB in a file below `folder`, mounted by a loop device.
    ///
    /// # Errors
    /// When this machine or this user cannot make or mount one.
    pub fn in_file(folder: &Path) -> io::Result<Self> {
        let root = folder.join("mounted");
        std::fs::create_dir_all(&root)?;
        let image = folder.join("disk.ext4");
        File::create(&image)?.set_len(64 << 20)?;
        run(Command::new("mkfs.ext4").arg("-q").arg(&image))?;
        let disk = Self {
            root,
            image: Some(image),
        };
        disk.mount()?;
        Ok(disk)
    }

    fn mount(&self) -> io::Result<()> {
        let Some(image) = &self.image else {
            return Ok(());
        };
        run(Command::new("mount")
            .args(["-o", "loop"])
            .arg(image)
            .arg(&self.root))
    }

    /// Cuts the power: nothing reaches the disk any more, and what only the journal in memory has is gone.
    ///
    /// # Errors
    /// When the file system cannot be shut down.
    pub fn cut_power(&self) -> io::Result<()> {
        run(Command::new("perl").args(["-e", SHUT_DOWN]).arg(&self.root))
    }

    /// Mounts what is on the disk after a power cut.
    ///
    /// # Errors
    /// When somebody still uses it, or it cannot be mounted again.
    pub fn start_again(&self) -> io::Result<()> {
        run(Command::new("umount").arg(&self.root))?;
        self.mount()
    }

    /// Fills it up but for `left` bytes, in a file that is given back.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn fill(&self, left: usize) -> io::Result<PathBuf> {
        let path = self.root.join("filler");
        let mut file = File::create(&path)?;
        let chunk = [0_u8; 4_096];
        let mut written = 0_u64;
        loop {
            match file.write(&chunk) {
                Ok(0) => break,
                Ok(size) => written += size as u64,
                Err(error) if error.kind() == io::ErrorKind::StorageFull => break,
                Err(error) => return Err(error),
            }
        }
        file.set_len(written.saturating_sub(left as u64))?;
        Ok(path)
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // A process that is just ending may still hold it.
        for _ in 0..50 {
            if run(Command::new("umount").arg(&self.root)).is_ok() {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
    }
}

/// Copies the files of one folder into another, which is made; folders in it are left out.
///
/// # Errors
/// When a file cannot be read or written.
pub fn copy_files(from: &Path, to: &Path) -> io::Result<()> {
    std::fs::create_dir_all(to)?;
    for file in std::fs::read_dir(from)? {
        let file = file?;
        if file.file_type()?.is_file() {
            std::fs::copy(file.path(), to.join(file.file_name()))?;
        }
    }
    Ok(())
}

/// Empties a folder and copies the files of another into it.
///
/// # Errors
/// When a file cannot be read, written or removed.
pub fn put_back(from: &Path, to: &Path) -> io::Result<()> {
    if to.exists() {
        std::fs::remove_dir_all(to)?;
    }
    copy_files(from, to)
}

fn run(command: &mut Command) -> io::Result<()> {
    let output = command.stdin(Stdio::null()).output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let name = command.get_program().to_string_lossy().into_owned();
    Err(io::Error::other(format!("{name}: {}", said.trim())))
}
