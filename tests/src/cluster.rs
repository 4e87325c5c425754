//! A PostgreSQL of its own: in a folder, on a Unix socket or on loopback, stopped at the end.
//!
//! Debian's packages are enough, and an unprivileged user. Where a test may do without one, it is left out
//! with a loud line; where `MOSTRADOR_POSTGRES` says `required`, it fails.

use std::io;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;
use tokio_postgres::{Client, NoTls};

/// How long it may take to start.
const PATIENCE: Duration = Duration::from_mins(1);

/// The owner of every database, and who it runs as when this process is root, which it refuses.
const USER: &str = "postgres";

/// Says who may come in how, in the folder of the data.
const RULES: &str = "pg_hba.conf";

/// What a cluster is started with.
#[derive(Debug, Clone, Default)]
pub struct Setup {
    /// Where its data stays; nowhere without it.
    pub keep: Option<PathBuf>,
    /// Whether every commit reaches the disk, as in a shop; without it a crash of the machine may lose some,
    /// a crash of PostgreSQL none.
    pub durable: bool,
    /// Whether it listens on a port of 127.0.0.1 too.
    pub tcp: bool,
    /// Who may come in how, as `pg_hba.conf` writes it; without it everybody on this machine.
    pub rules: Option<String>,
    /// Settings beside these, `name=value`.
    pub settings: Vec<String>,
}

/// A running PostgreSQL.
#[derive(Debug)]
pub struct Cluster {
    process: Child,
    programs: PathBuf,
    /// Socket and log, and the data unless it stays elsewhere.
    place: TempDir,
    data: PathBuf,
    arguments: Vec<String>,
    port: u16,
}

impl Cluster {
    /// Starts one whose data goes with it; none where there is no PostgreSQL. The calling thread must
    /// outlive it.
    ///
    /// # Errors
    /// When it does not start, or is missing where it is required.
    pub async fn start() -> io::Result<Option<Self>> {
        Self::start_with(&Setup::default()).await
    }

    /// Starts one as `setup` says; none where there is no PostgreSQL.
    ///
    /// # Errors
    /// As [`Cluster::start`].
    pub async fn start_with(setup: &Setup) -> io::Result<Option<Self>> {
        if programs().is_some() {
            return Self::start_here(setup).await.map(Some);
        }
        if std::env::var("MOSTRADOR_POSTGRES").is_ok_and(|it| it == "required") {
            return Err(missing());
        }
        eprintln!("\n!!! LEFT OUT: {} !!!\n", missing());
        Ok(None)
    }

    /// Starts one as `setup` says.
    ///
    /// # Errors
    /// When it does not start or is not installed.
    pub async fn start_here(setup: &Setup) -> io::Result<Self> {
        let programs = programs().ok_or_else(missing)?;
        let place = shared_folder()?;
        let home = setup.keep.as_deref().unwrap_or(place.path());
        std::fs::create_dir_all(home)?;
        open_to_its_user(home)?;
        let data = home.join("data");
        if !data.join("PG_VERSION").exists() {
            make(&programs, &data)?;
        }
        if let Some(rules) = &setup.rules {
            std::fs::write(data.join(RULES), rules)?;
        }
        let port = if setup.tcp { free_port()? } else { 5432 };
        let addresses = if setup.tcp { "127.0.0.1" } else { "" };
        let mut arguments = vec![
            format!("listen_addresses={addresses}"),
            format!("port={port}"),
            format!("fsync={}", if setup.durable { "on" } else { "off" }),
        ];
        arguments.extend(setup.settings.iter().cloned());
        let process = spawn(&programs, (&data, place.path()), &arguments)?;
        let mut cluster = Self {
            process,
            programs,
            place,
            data,
            arguments,
            port,
        };
        cluster.ready().await?;
        Ok(cluster)
    }

    /// The port of 127.0.0.1, where it has one.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// The URL of a database.
    pub fn url(&self, database: &str) -> String {
        let folder = self.place.path().display();
        let port = self.port;
        format!("postgres:///{database}?host={folder}&port={port}&user={USER}")
    }

    /// A plain connection to a database.
    ///
    /// # Errors
    /// What PostgreSQL says.
    pub async fn connect(&self, database: &str) -> io::Result<Client> {
        let connected = tokio_postgres::connect(&self.url(database), NoTls).await;
        let (client, connection) = connected.map_err(io::Error::other)?;
        tokio::spawn(connection);
        Ok(client)
    }

    /// Makes a database like another one, to which nobody is connected; its URL.
    ///
    /// # Errors
    /// What PostgreSQL says.
    pub async fn database(&self, name: &str, like: &str) -> io::Result<String> {
        let client = self.connect("postgres").await?;
        let sql = format!("create database \"{name}\" template \"{like}\"");
        client.batch_execute(&sql).await.map_err(io::Error::other)?;
        Ok(self.url(name))
    }

    /// Ends it without finishing anything, as a crash does (`pg_ctl stop -m immediate`).
    ///
    /// # Errors
    /// When it does not end.
    pub fn crash(&mut self) -> io::Result<()> {
        signal(&self.process, "-QUIT")?;
        self.process.wait().map(|_| ())
    }

    /// Starts it again after [`Cluster::crash`]; it recovers what was committed.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn start_again(&mut self) -> io::Result<()> {
        let folders = (self.data.as_path(), self.place.path());
        self.process = spawn(&self.programs, folders, &self.arguments)?;
        self.ready().await
    }

    async fn ready(&mut self) -> io::Result<()> {
        let url = self.url("postgres");
        let process = &mut self.process;
        let ready = async {
            while tokio_postgres::connect(&url, NoTls).await.is_err() {
                if let Some(status) = process.try_wait()? {
                    return Err(io::Error::other(format!("it ended with {status}")));
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            Ok(())
        };
        let ready = tokio::time::timeout(PATIENCE, ready).await;
        ready.map_err(io::Error::from).flatten().map_err(|error| {
            let log = std::fs::read_to_string(self.place.path().join("log")).unwrap_or_default();
            io::Error::other(format!("PostgreSQL does not start: {error}\n{log}"))
        })
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // It ends at once and in order.
        if signal(&self.process, "-INT").is_ok() {
            let _ = self.process.wait();
        }
    }
}

fn make(programs: &Path, data: &Path) -> io::Result<()> {
    let made = command_of_its_user(&programs.join("initdb"))
        .arg("-D")
        .arg(data)
        .args(["-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"])
        .args(["--no-sync", "--no-instructions"])
        .stdout(Stdio::null())
        .status()?;
    if made.success() {
        return Ok(());
    }
    Err(io::Error::other(format!("initdb: {made}")))
}

fn spawn(
    programs: &Path,
    (data, place): (&Path, &Path),
    arguments: &[String],
) -> io::Result<Child> {
    let log = std::fs::File::options()
        .create(true)
        .append(true)
        .open(place.join("log"))?;
    let mut command = command_of_its_user(&programs.join("postgres"));
    command.arg("-D").arg(data).arg("-k").arg(place);
    for argument in arguments {
        command.args(["-c", argument]);
    }
    command.stdout(Stdio::null()).stderr(log).spawn()
}

/// A command of PostgreSQL that is not root and ends with this thread.
pub fn command_of_its_user(program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "INT"]);
    if is_root() {
        command.args(["--reuid", USER, "--regid", USER, "--clear-groups"]);
    }
    command.arg(program);
    command
}

/// A temporary folder that PostgreSQL's user may write into.
///
/// # Errors
/// When it cannot be made.
pub fn shared_folder() -> io::Result<TempDir> {
    let folder = tempfile::tempdir()?;
    open_to_its_user(folder.path())?;
    Ok(folder)
}

/// Lets the user that PostgreSQL runs as write into a folder, where that is another one.
fn open_to_its_user(folder: &Path) -> io::Result<()> {
    if !is_root() {
        return Ok(());
    }
    let everybody = std::fs::Permissions::from_mode(0o777);
    std::fs::set_permissions(folder, everybody)
}

fn is_root() -> bool {
    let asked = Command::new("id").arg("-u").output();
    asked.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

fn signal(process: &Child, which: &str) -> io::Result<()> {
    let pid = process.id().to_string();
    let status = Command::new("kill").args([which, &pid]).status()?;
    if status.success() {
        return Ok(());
    }
    Err(io::Error::other(format!("kill {which} {pid}: {status}")))
}

fn free_port() -> io::Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    listener.local_addr().map(|address| address.port())
}

fn missing() -> io::Error {
    io::Error::new(
        io::ErrorKind::NotFound,
        "there is no PostgreSQL on this machine (Debian: apt-get install postgresql)",
    )
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
