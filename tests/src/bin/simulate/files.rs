//! Disks: folders that are copied while somebody writes to them.

use std::fs;
use std::io;
use std::path::Path;

/// Copies every file of a folder as it is at this moment, except those that only say who has it open.
pub(super) fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for file in fs::read_dir(from)? {
        let file = file?;
        let name = file.file_name();
        let is_about_processes = name
            .to_string_lossy()
            .rsplit_once(['.', '-'])
            .is_some_and(|(_, ending)| ending == "shm" || ending == "lock");
        if !is_about_processes {
            fs::copy(file.path(), to.join(name))?;
        }
    }
    Ok(())
}
