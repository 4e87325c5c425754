//! A PostgreSQL of its own for a test: in a temporary folder, on a Unix socket, stopped at the end.
//!
//! Without PostgreSQL on the machine the tests that need one are left out, with a loud line; where
//! `MOSTRADOR_POSTGRES` says `required`, they fail.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;
use tokio_postgres::{Client, NoTls};

/// How long it may take to start.
const PATIENCE: Duration = Duration::from_mins(1);

/// Who it runs as when the test runs as root, which it refuses.
const USER: &str = "postgres";

#[derive(Debug)]
pub(crate) struct Cluster {
    process: Child,
    folder: TempDir,
}

impl Cluster {
    /// Starts one; none where there is no PostgreSQL. The calling thread must outlive it.
    pub(crate) async fn start() -> Option<Self> {
        let Some(programs) = programs() else {
            let required = std::env::var("MOSTRADOR_POSTGRES").is_ok_and(|it| it == "required");
            assert!(!required, "there is no PostgreSQL on this machine");
            eprintln!(
                "\n!!! LEFT OUT: there is no PostgreSQL on this machine (Debian: postgresql) !!!\n"
            );
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let everybody = std::fs::Permissions::from_mode(0o777);
        std::fs::set_permissions(folder.path(), everybody).unwrap();
        let data = folder.path().join("data");
        let made = as_nobody_special(&programs.join("initdb"))
            .arg("-D")
            .arg(&data)
            .args(["-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"])
            .args(["--no-sync", "--no-instructions"])
            .stdout(Stdio::null())
            .status()
            .unwrap();
        assert!(made.success(), "initdb: {made}");
        let log = std::fs::File::create(folder.path().join("log")).unwrap();
        let process = as_nobody_special(&programs.join("postgres"))
            .arg("-D")
            .arg(&data)
            .arg("-k")
            .arg(folder.path())
            .args(["-c", "listen_addresses=", "-c", "fsync=off"])
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let cluster = Self { process, folder };
        cluster.ready().await;
        Some(cluster)
    }

    async fn ready(&self) {
        let url = self.url("postgres");
        let ready = async {
            while tokio_postgres::connect(&url, NoTls).await.is_err() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let ready = tokio::time::timeout(PATIENCE, ready).await;
        assert!(ready.is_ok(), "PostgreSQL does not start");
    }

    /// The URL of a database.
    pub(crate) fn url(&self, database: &str) -> String {
        let folder = self.folder.path().display();
        format!("postgres:///{database}?host={folder}&user={USER}")
    }

    /// A plain connection to a database.
    pub(crate) async fn connect(&self, database: &str) -> Client {
        let (client, connection) = tokio_postgres::connect(&self.url(database), NoTls)
            .await
            .unwrap();
        tokio::spawn(connection);
        client
    }

    /// Makes a database like another one, to which nobody is connected; its URL.
    pub(crate) async fn database(&self, name: &str, like: &str) -> String {
        let client = self.connect("postgres").await;
        let sql = format!("create database \"{name}\" template \"{like}\"");
        client.batch_execute(&sql).await.unwrap();
        self.url(name)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let pid = self.process.id().to_string();
        // SIGINT: it ends at once and in order.
        let asked = Command::new("kill").args(["-INT", &pid]).status();
        if asked.is_ok_and(|status| status.success()) {
            let _ = self.process.wait();
        }
    }
}

/// A command of PostgreSQL that is not root and ends with this thread.
fn as_nobody_special(program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "INT"]);
    if is_root() {
        command.args(["--reuid", USER, "--regid", USER, "--clear-groups"]);
    }
    command.arg(program);
    command
}

fn is_root() -> bool {
    let asked = Command::new("id").arg("-u").output();
    asked.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

/// The folder of the newest PostgreSQL, where Debian puts them, or on the path.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql");
    let versions = versions.into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = versions.map(|it| it.path().join("bin")).collect();
    folders.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path);
    let mut found = folders.into_iter().rev().chain(on_path);
    found.find(|folder| folder.join("initdb").is_file() && folder.join("postgres").is_file())
}
