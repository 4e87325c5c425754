//! tauri-driver, with ports, folders and a window of its own.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::Duration;

use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;

use super::display::{missing, mortal};
use crate::Error;
use crate::deadline::Deadline;
use crate::process::program;

/// How long the driver and the first window may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long one try may take.
const TRY: Duration = Duration::from_secs(15);

/// A running driver; dropping it ends it with its window.
#[derive(Debug)]
pub(super) struct Driver {
    process: Child,
    port: u16,
    log: PathBuf,
    /// Caches and settings of the web view.
    _home: tempfile::TempDir,
}

impl Driver {
    /// Starts it; its windows open the till in `data` on `display`.
    pub(super) fn start(data: &Path, display: &str) -> Result<Self, Error> {
        let home = tempfile::TempDir::new()?;
        let ports = [free_port()?, free_port()?];
        let log = data.with_extension("driver.log");
        let writer = std::fs::File::create(&log)?;
        let driver = find_tauri_driver()?;
        let process = mortal(&driver.to_string_lossy())
            .args(["--port", &ports[0].to_string()])
            .args(["--native-port", &ports[1].to_string()])
            .env("DISPLAY", display)
            .env("MOSTRADOR_DATA", data)
            .env("MOSTRADOR_WEBDRIVER", "1")
            .env("DBUS_SESSION_BUS_ADDRESS", "disabled:")
            .env("XDG_DATA_HOME", home.path().join("data"))
            .env("XDG_CACHE_HOME", home.path().join("cache"))
            .env("XDG_CONFIG_HOME", home.path().join("config"))
            .env_remove("WAYLAND_DISPLAY")
            .stdin(Stdio::null())
            .stdout(writer.try_clone()?)
            .stderr(writer)
            .spawn()
            .map_err(|error| missing("tauri-driver", &error))?;
        Ok(Self {
            process,
            port: ports[0],
            log,
            _home: home,
        })
    }

    /// Opens the window, trying until the driver listens.
    pub(super) async fn connect(&self) -> Result<Client, Error> {
        let application = program("mostrador")?;
        let options = json!({ "application": application, "args": [] });
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(
            [("tauri:options".to_owned(), options)]
                .into_iter()
                .collect(),
        );
        let address = format!("http://127.0.0.1:{}", self.port);
        let deadline = Deadline::after(PATIENCE);
        loop {
            let why = match tokio::time::timeout(TRY, builder.connect(&address)).await {
                Ok(Ok(client)) => return Ok(client),
                Ok(Err(error)) => error.to_string(),
                Err(_) => "it does not answer".to_owned(),
            };
            if deadline.pause_async("the window").await.is_err() {
                return Err(Error::Window {
                    what: format!("the window does not open: {why}"),
                    log: self.log(),
                });
            }
        }
    }

    /// What driver and window have said.
    pub(super) fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // The whole group: a driver that is killed alone leaves its window behind.
        let group = rustix::process::Pid::from_child(&self.process);
        rustix::process::kill_process_group(group, rustix::process::Signal::TERM).ok();
        let deadline = Deadline::after(Duration::from_secs(2));
        while matches!(self.process.try_wait(), Ok(None)) {
            if deadline.pause("the driver to stop").is_err() {
                break;
            }
        }
        rustix::process::kill_process_group(group, rustix::process::Signal::KILL).ok();
        self.process.wait().ok();
    }
}

fn free_port() -> Result<u16, Error> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// In `tools` beside the build, where `cargo xtask test` installs it.
fn find_tauri_driver() -> Result<PathBuf, Error> {
    let own = std::env::current_exe()?;
    let mut folders = own.ancestors().skip(1);
    folders
        .find_map(|folder| {
            let path = folder.join("tools/bin/tauri-driver");
            path.is_file().then_some(path)
        })
        .ok_or_else(|| missing("tauri-driver", &"it is not installed"))
}
