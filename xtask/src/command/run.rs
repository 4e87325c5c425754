//! `run`: a till with demo data in a window, from nothing.

use std::fs;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::cargo;
use crate::error::Error;
use crate::machine::{self, Need};
use crate::{node, shell, workspace};

/// How often and how long the server's address is waited for.
const PAUSE: Duration = Duration::from_millis(50);
const PAUSES: u32 = 600;

/// The demo tenants and the store whose till is opened.
const TENANTS: [(&str, &str, &str); 2] = [
    ("cafe-vt", "centro", "Caja 1"),
    ("livex", "cartagena", "Caja 1"),
];

#[derive(Debug)]
struct Options {
    tenant: String,
    reset: bool,
}

pub(super) fn run(rest: &[String]) -> Result<(), Error> {
    let options = read(rest)?;
    if !has_display() {
        println!(
            "There is no display here (DISPLAY and WAYLAND_DISPLAY are not set), so no window can \
             be opened: this is the same day at the counter in the terminal.\n"
        );
        return super::demo::run(&[]);
    }
    machine::prepare(Need::Window)?;
    node::build_ui()?;
    cargo::build_all("debug")?;
    let folder = workspace::root().join(".demo");
    if options.reset && folder.exists() {
        refuse_while_open(&folder)?;
        fs::remove_dir_all(&folder).map_err(Error::file(&folder))?;
    }
    open_window(&folder, &options.tenant)
}

fn read(rest: &[String]) -> Result<Options, Error> {
    let mut options = Options {
        tenant: "cafe-vt".to_owned(),
        reset: false,
    };
    let mut words = rest.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--reset" => options.reset = true,
            "--tenant" => options.tenant = words.next().cloned().unwrap_or_default(),
            other => {
                return Err(Error::Usage(format!("{other:?} is not an option of `run`")));
            }
        }
    }
    if TENANTS
        .iter()
        .all(|(tenant, _, _)| *tenant != options.tenant)
    {
        return Err(Error::Usage(
            "--tenant is cafe-vt or livex, the two demo tenants".to_owned(),
        ));
    }
    Ok(options)
}

fn has_display() -> bool {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    cfg!(not(target_os = "linux")) || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}

/// Nobody's till is deleted while it is open: its server would answer.
fn refuse_while_open(folder: &Path) -> Result<(), Error> {
    let address = fs::read_to_string(folder.join("address")).unwrap_or_default();
    match TcpStream::connect(address.trim()) {
        Ok(_) => Err(Error::Usage(format!(
            "something answers at {}, most likely another `cargo xtask run`: close its window \
             before --reset",
            address.trim()
        ))),
        Err(_) => Ok(()),
    }
}

fn open_window(folder: &Path, tenant: &str) -> Result<(), Error> {
    let data = folder.join("server");
    fs::create_dir_all(&data).map_err(Error::file(&data))?;
    shell::run(
        server("demo", &data)
            .arg("--fixtures")
            .arg(workspace::root().join("fixtures")),
    )?;
    let server = Server::start(folder, &data)?;
    println!("The server listens on {}.", server.url);
    let till = folder.join(format!("till-{tenant}"));
    enrol(&till, &data, tenant, &server.url)?;
    println!("Opening the window; close it to stop the server as well.");
    shell::run(
        Command::new(workspace::built("debug", "mostrador"))
            .env("MOSTRADOR_DATA", &till)
            .env_remove("MOSTRADOR_WEBDRIVER"),
    )
}

/// `mostrador-server SUBCOMMAND --data DATA`.
fn server(subcommand: &str, data: &Path) -> Command {
    let mut command = Command::new(workspace::built("debug", "mostrador-server"));
    command.arg(subcommand).arg("--data").arg(data);
    command
}

/// The same command, ended by the system when this program is killed before it can do so itself.
fn mortal(command: &Command) -> Command {
    if !cfg!(target_os = "linux") || shell::version("setpriv").is_none() {
        let mut same = Command::new(command.get_program());
        same.args(command.get_args());
        return same;
    }
    let mut mortal = Command::new("setpriv");
    mortal
        .args(["--pdeathsig", "TERM", "--"])
        .arg(command.get_program())
        .args(command.get_args());
    mortal
}

/// Enrols the till of `tenant` once; a till that is enrolled stays as it is.
fn enrol(till: &Path, data: &Path, tenant: &str, url: &str) -> Result<(), Error> {
    let done = till.join("enrolled");
    if done.exists() {
        return Ok(());
    }
    let (_, store, name) = TENANTS
        .iter()
        .find(|(slug, _, _)| *slug == tenant)
        .expect("BUG: the tenant was checked when the options were read");
    let code = shell::read(server("enrol-code", data).args([
        "--plain",
        "--tenant",
        tenant,
        "--store",
        store,
        "--terminal",
        name,
    ]))?;
    shell::run(
        Command::new(workspace::built("debug", "enrol"))
            .arg("--data")
            .arg(till)
            .args(["--server", url, "--code", code.trim()]),
    )?;
    fs::write(&done, url).map_err(Error::file(&done))
}

/// The embedded server, stopped when dropped.
#[derive(Debug)]
struct Server {
    child: Child,
    url: String,
}

impl Server {
    /// Starts it on the address of the last time, which its tills know, or on a free port.
    fn start(folder: &Path, data: &Path) -> Result<Self, Error> {
        let remembered = folder.join("address");
        let listen = fs::read_to_string(&remembered).unwrap_or_else(|_| "127.0.0.1:0".to_owned());
        let port_file = data.join("address");
        if port_file.exists() {
            fs::remove_file(&port_file).map_err(Error::file(&port_file))?;
        }
        let log = data.join("server.log");
        let writer = fs::File::create(&log).map_err(Error::file(&log))?;
        let second = writer.try_clone().map_err(Error::file(&log))?;
        let mut command = mortal(&server("serve", data));
        command
            .args(["--listen", listen.trim()])
            .arg("--port-file")
            .arg(&port_file)
            .stdin(Stdio::null())
            .stdout(writer)
            .stderr(second);
        let child = command.spawn().map_err(|source| Error::Start {
            command: shell::words(&command),
            source,
        })?;
        let mut server = Self {
            child,
            url: String::new(),
        };
        let address = server.wait(&port_file, &log)?;
        fs::write(&remembered, &address).map_err(Error::file(&remembered))?;
        server.url = format!("http://{address}");
        Ok(server)
    }

    fn wait(&mut self, port_file: &Path, log: &PathBuf) -> Result<String, Error> {
        for _ in 0..PAUSES {
            let written = fs::read_to_string(port_file).unwrap_or_default();
            if written.trim().contains(':') {
                return Ok(written.trim().to_owned());
            }
            if let Ok(Some(status)) = self.child.try_wait() {
                let said = fs::read_to_string(log).unwrap_or_default();
                return Err(Error::Missing {
                    what: format!("The server ended with {status}:\n{}", said.trim()),
                    remedy: "If its port is taken, close the other `cargo xtask run`, or whatever \
                             else listens there."
                        .to_owned(),
                });
            }
            std::thread::sleep(PAUSE);
        }
        Err(Error::Missing {
            what: "The server does not answer.".to_owned(),
            remedy: format!("Its log is {}.", log.display()),
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let asked = cfg!(unix)
            && shell::succeeds(Command::new("kill").args(["-TERM", &self.child.id().to_string()]));
        if asked {
            for _ in 0..PAUSES {
                if let Ok(Some(_)) = self.child.try_wait() {
                    return;
                }
                std::thread::sleep(PAUSE);
            }
        }
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn options_are_read_and_strange_ones_are_named() {
        let options = read(&words("--tenant livex --reset")).unwrap();
        assert_eq!((options.tenant.as_str(), options.reset), ("livex", true));
        assert!(read(&words("--tenant oxxo")).is_err());
        assert!(read(&words("--now")).is_err());
    }
}
