//! The real programs as processes: the central server, and anything else that is killed and
//! restarted.

use std::ffi::{OsStr, OsString};
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::deadline::Deadline;

/// How long a program may take to start or to stop.
const PATIENCE: Duration = Duration::from_secs(30);

/// The path of a program built beside this one.
///
/// # Errors
/// When it was not built; the message names the command that does.
pub fn program(name: &str) -> io::Result<PathBuf> {
    let own = std::env::current_exe()?;
    let beside = own
        .ancestors()
        .skip(1)
        .take(2)
        .map(|folder| folder.join(name));
    beside
        .into_iter()
        .find(|path| path.is_file())
        .ok_or_else(|| {
            io::Error::new(
                io::ErrorKind::NotFound,
                format!(
                    "{name} is not built: run `cargo build --workspace` in the same profile first"
                ),
            )
        })
}

/// Where a server keeps its data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DataPlace {
    /// A folder with one file.
    Folder(PathBuf),
    /// A PostgreSQL database by its URL.
    Database(String),
}

impl DataPlace {
    /// The option that names it to the server's program.
    pub fn option(&self) -> [OsString; 2] {
        match self {
            Self::Folder(folder) => ["--data".into(), folder.into()],
            Self::Database(url) => ["--database".into(), url.into()],
        }
    }
}

/// A running `mostrador-server serve`. Dropping it kills it.
#[derive(Debug)]
pub struct ServerProcess {
    child: Child,
    address: SocketAddr,
}

impl ServerProcess {
    /// Starts the server on the data in `folder` and waits until it listens. `listen` is
    /// `127.0.0.1:0` for any free port.
    ///
    /// # Errors
    /// When the program is missing, ends at once or does not listen in time.
    pub fn start(folder: &Path, listen: &str) -> io::Result<Self> {
        Self::start_on(&DataPlace::Folder(folder.to_owned()), folder, listen)
    }

    /// The same on data in another place; what it says is kept in `folder`.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub fn start_on(data: &DataPlace, folder: &Path, listen: &str) -> io::Result<Self> {
        Self::start_under(&[], data, (folder, listen))
    }

    /// The same under another program, which gets the server's command line as its arguments and becomes the
    /// server; no words: none.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub fn start_under(
        wrapper: &[OsString],
        data: &DataPlace,
        (folder, listen): (&Path, &str),
    ) -> io::Result<Self> {
        let port_file = folder.join("address");
        if port_file.exists() {
            std::fs::remove_file(&port_file)?;
        }
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(folder.join("server.log"))?;
        let child = command_under(wrapper, "mostrador-server")?
            .arg("serve")
            .args(data.option())
            .args(["--listen", listen])
            .args([OsStr::new("--port-file"), port_file.as_os_str()])
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        let mut server = Self {
            child,
            address: ([127, 0, 0, 1], 0).into(),
        };
        let deadline = Deadline::after(PATIENCE);
        loop {
            let written = std::fs::read_to_string(&port_file).unwrap_or_default();
            if let Ok(address) = written.trim().parse() {
                server.address = address;
                return Ok(server);
            }
            if let Some(status) = server.child.try_wait()? {
                let log = std::fs::read_to_string(folder.join("server.log")).unwrap_or_default();
                return Err(io::Error::other(format!(
                    "the server ended with {status}: {log}"
                )));
            }
            deadline.pause("the server to listen")?;
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Base address for a till: `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Whether it ended by itself, or by a signal.
    ///
    /// # Errors
    /// When the system does not say.
    pub fn has_ended(&mut self) -> io::Result<bool> {
        Ok(self.child.try_wait()?.is_some())
    }

    /// Asks it to stop and waits until it has.
    ///
    /// # Errors
    /// When it does not stop in time, or not cleanly.
    pub fn stop(mut self) -> io::Result<()> {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM)?;
        let deadline = Deadline::after(PATIENCE);
        loop {
            match self.child.try_wait()? {
                Some(status) if status.success() => return Ok(()),
                Some(status) => {
                    return Err(io::Error::other(format!(
                        "the server stopped with {status}"
                    )));
                }
                None => deadline.pause("the server to stop")?,
            }
        }
    }

    /// SIGKILL, as a power cut of the process.
    ///
    /// # Errors
    /// When it cannot be killed.
    pub fn kill(mut self) -> io::Result<()> {
        self.child.kill()?;
        self.child.wait().map(|_| ())
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// The command line of a program built beside this one, behind the words of another one if there are any.
///
/// # Errors
/// When it was not built.
pub fn command_under(wrapper: &[OsString], name: &str) -> io::Result<Command> {
    let name = program(name)?;
    let Some((outer, words)) = wrapper.split_first() else {
        return Ok(Command::new(name));
    };
    let mut command = Command::new(outer);
    command.args(words).arg(name);
    Ok(command)
}

/// Runs one command of `mostrador-server` and gives back what it printed.
///
/// # Errors
/// When it fails; the message is what it said.
pub fn server_command<I, S>(arguments: I) -> io::Result<String>
where
    I: IntoIterator<Item = S>,
    S: AsRef<OsStr>,
{
    let output = Command::new(program("mostrador-server")?)
        .args(arguments)
        .stdin(Stdio::null())
        .output()?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(io::Error::other(format!(
            "mostrador-server: {}",
            said.trim()
        )));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
