//! A company with a real server, its tills and their cables, all in one folder.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use loyalty::code::CodeText;
use mostrador_ledger as ledger;
use mostrador_loyalty as loyalty;
use mostrador_protocol::account::AccountDocument;
use mostrador_protocol::row::CodeUseRow;
use mostrador_server::store::Store;
use mostrador_server::{Mint, PostgresStore, SqliteStore, terminal};
use mostrador_terminal::{KeySource, Till, TillOptions};

use crate::Error;
use crate::deadline::Deadline;
use crate::process::{DataPlace, ServerProcess, server_command};

/// How long anything may take to arrive.
const PATIENCE: Duration = Duration::from_mins(1);

/// How long tills may go on differing that have sent and hold everything.
const SETTLING: Duration = Duration::from_secs(10);

/// A demo company.
#[derive(Debug, Clone, Copy)]
pub struct Company {
    /// Its slug, also its folder below the fixtures.
    pub tenant: &'static str,
    /// What a person reads.
    pub name: &'static str,
    /// Slug and name of its stores.
    pub stores: [(&'static str, &'static str); 2],
}

/// The coffee house.
pub const CAFE_VT: Company = Company {
    tenant: "cafe-vt",
    name: "Café-VT",
    stores: [("centro", "Centro"), ("norte", "Norte")],
};

/// The tour company.
pub const LIVEX: Company = Company {
    tenant: "livex",
    name: "LIVEX",
    stores: [("cartagena", "Cartagena"), ("bogota", "Bogotá")],
};

impl Company {
    /// Adds it with its stores to a server's data, without a program yet.
    ///
    /// # Errors
    /// When it is there already.
    pub async fn found(&self, store: &impl Store, mint: &Mint) -> Result<(), Error> {
        let tenant = terminal::Tenant {
            id: self.tenant.to_owned(),
            name: self.name.to_owned(),
        };
        store.add_tenant(tenant, mint.now_ms()).await?;
        for (id, name) in self.stores {
            let shop = terminal::Shop {
                tenant: self.tenant.to_owned(),
                id: id.to_owned(),
                name: name.to_owned(),
            };
            store.add_shop(shop, mint.now_ms()).await?;
        }
        Ok(())
    }
}

/// How many of the generated customers a shop begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crowd {
    /// The first forty: enough for a story.
    Few,
    /// All of them.
    All,
}

/// A running company.
#[derive(Debug)]
pub struct Shop {
    folder: PathBuf,
    data: PathBuf,
    /// Where the server keeps its data instead, a URL.
    database: Option<String>,
    company: Company,
    address: SocketAddr,
    server: Option<ServerProcess>,
}

impl Shop {
    /// Sets the company up in `folder` by the commands that an owner would type, and starts the
    /// server on a free port.
    ///
    /// # Errors
    /// When a command fails or the server does not start.
    pub fn open(folder: &Path, company: Company, crowd: Crowd) -> Result<Self, Error> {
        Self::open_from(&fixtures(), folder, company, crowd)
    }

    /// The same with the server's data in an empty PostgreSQL database.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_on(
        database: &str,
        folder: &Path,
        company: Company,
        crowd: Crowd,
    ) -> Result<Self, Error> {
        let database = Some(database.to_owned());
        Self::set_up(database, (&fixtures(), folder), company, crowd)
    }

    /// The same from the fixtures in another place.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_from(
        fixtures: &Path,
        folder: &Path,
        company: Company,
        crowd: Crowd,
    ) -> Result<Self, Error> {
        Self::set_up(None, (fixtures, folder), company, crowd)
    }

    fn set_up(
        database: Option<String>,
        (fixtures, folder): (&Path, &Path),
        company: Company,
        crowd: Crowd,
    ) -> Result<Self, Error> {
        std::fs::create_dir_all(folder.join("server"))?;
        let shop = Self {
            folder: folder.to_owned(),
            data: folder.join("server"),
            database,
            company,
            address: ([127, 0, 0, 1], 0).into(),
            server: None,
        };
        shop.found(fixtures, crowd)?;
        shop.started()
    }

    fn found(&self, fixtures: &Path, crowd: Crowd) -> Result<(), Error> {
        let tenant = self.company.tenant;
        let fixtures = fixtures.join(tenant);
        let file = |name: &str| fixtures.join(name).to_string_lossy().into_owned();
        self.owner(&["tenant", "create", tenant, "--name", self.company.name])?;
        for (store, name) in self.company.stores {
            self.owner(&["store", "create", "--tenant", tenant, store, "--name", name])?;
        }
        let program = file("program.toml");
        self.owner(&["program", "publish", "--tenant", tenant, &program])?;
        for subject in ["products", "staff"] {
            self.import(subject, &file(&format!("{subject}.csv")))?;
        }
        let customers = match crowd {
            Crowd::All => file("customers.csv"),
            Crowd::Few => {
                let all = std::fs::read_to_string(file("customers.csv"))?;
                let few: Vec<&str> = all.lines().take(41).collect();
                let path = self.folder.join("customers.csv");
                std::fs::write(&path, few.join("\n"))?;
                path.to_string_lossy().into_owned()
            }
        };
        self.import("customers", &customers)?;
        Ok(())
    }

    fn started(mut self) -> Result<Self, Error> {
        self.start_server()?;
        Ok(self)
    }

    /// Imports a CSV file and gives back what the command printed.
    ///
    /// # Errors
    /// When the command fails.
    pub fn import(&self, subject: &str, file: &str) -> Result<String, Error> {
        self.owner(&["import", "--tenant", self.company.tenant, subject, file])
    }

    /// Runs a command of the server's program on this company's data.
    ///
    /// # Errors
    /// When it fails; the error is what it said.
    pub fn owner(&self, arguments: &[&str]) -> Result<String, Error> {
        let arguments = arguments.iter().map(|argument| OsString::from(*argument));
        Ok(server_command(arguments.chain(self.place().option()))?)
    }

    /// The company's slug.
    pub fn tenant(&self) -> &'static str {
        self.company.tenant
    }

    /// Where the server keeps its data.
    fn place(&self) -> DataPlace {
        match &self.database {
            Some(url) => DataPlace::Database(url.clone()),
            None => DataPlace::Folder(self.data.clone()),
        }
    }

    /// The server's data folder; on a database, where it keeps its log.
    pub fn data(&self) -> PathBuf {
        self.data.clone()
    }

    /// The server's data lies in `folder` from its next start on; whoever calls this has copied it there.
    pub fn move_data(&mut self, folder: PathBuf) {
        self.data = folder;
    }

    /// Where the server listens, also while it is down.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://127.0.0.1:PORT` of the server.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Starts the server again where it was.
    ///
    /// # Errors
    /// When it does not listen in time.
    pub fn start_server(&mut self) -> Result<(), Error> {
        let listen = self.address.to_string();
        let server = ServerProcess::start_on(&self.place(), &self.data(), &listen)?;
        self.address = server.address();
        self.server = Some(server);
        Ok(())
    }

    /// Starts the server again under another program, see [`ServerProcess::start_under`].
    ///
    /// # Errors
    /// When it does not listen in time.
    pub fn start_server_under(&mut self, wrapper: &[OsString]) -> Result<(), Error> {
        let (data, listen) = (self.data(), self.address.to_string());
        let place = DataPlace::Folder(data.clone());
        let server = ServerProcess::start_under(wrapper, &place, (&data, &listen))?;
        self.server = Some(server);
        Ok(())
    }

    /// Whether no server runs, because none was started or it ended.
    ///
    /// # Errors
    /// When the system does not say.
    pub fn server_has_ended(&mut self) -> Result<bool, Error> {
        match &mut self.server {
            Some(server) => Ok(server.has_ended()?),
            None => Ok(true),
        }
    }

    /// Asks the server to stop and waits until it has.
    ///
    /// # Errors
    /// When it does not stop in time.
    pub fn stop_server(&mut self) -> Result<(), Error> {
        match self.server.take() {
            Some(server) => Ok(server.stop()?),
            None => Ok(()),
        }
    }

    /// SIGKILL for the server.
    ///
    /// # Errors
    /// When it cannot be killed.
    pub fn kill_server(&mut self) -> Result<(), Error> {
        match self.server.take() {
            Some(server) => Ok(server.kill()?),
            None => Ok(()),
        }
    }

    /// A fresh one-time code.
    ///
    /// # Errors
    /// When the command fails.
    pub fn enrol_code(&self, store: &str, terminal: &str) -> Result<String, Error> {
        let said = self.owner(&[
            "enrol-code",
            "--plain",
            "--tenant",
            self.company.tenant,
            "--store",
            store,
            "--terminal",
            terminal,
        ])?;
        Ok(said.trim().to_owned())
    }

    /// The folder of a till.
    pub fn till_folder(&self, terminal: &str) -> PathBuf {
        self.folder.join(terminal.replace(' ', "-"))
    }

    /// Opens a till of `store`, enrols it over `url` if it is new, and waits until it holds
    /// everything.
    ///
    /// # Errors
    /// When it cannot be opened or enrolled.
    pub async fn till(&self, store: &str, terminal: &str, url: &str) -> Result<Till, Error> {
        let till = Till::open(options(&self.till_folder(terminal)))?;
        if till.view().enrolled {
            till.start_sync()?;
        } else {
            let code = self.enrol_code(store, terminal)?;
            till.enrol(url, &code).await?;
        }
        Ok(till)
    }

    /// Starts another server on the same data, which only a database allows; what it says is kept in
    /// `folder`.
    ///
    /// # Errors
    /// When it does not listen in time.
    pub fn another_server(&self, folder: &Path) -> Result<ServerProcess, Error> {
        std::fs::create_dir_all(folder)?;
        Ok(ServerProcess::start_on(
            &self.place(),
            folder,
            "127.0.0.1:0",
        )?)
    }

    /// A second connection to the server's file, for looking.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn store(&self) -> Result<SqliteStore, Error> {
        let path = self.data().join("server.sqlite");
        Ok(SqliteStore::open(&path, &Mint::system())?)
    }

    /// Waits until every till has sent everything and holds everything, and all of them show what the
    /// server holds. A till that has just caught up may write once more: what it gives back.
    ///
    /// # Errors
    /// When it takes too long, or with every difference that stays.
    pub async fn agree(&self, tills: &[&Till]) -> Result<(), Error> {
        let settling = Deadline::after(SETTLING);
        loop {
            let agreed = match self.place() {
                DataPlace::Folder(_) => self.compared(&self.store()?, tills).await,
                DataPlace::Database(url) => {
                    let store = PostgresStore::open(&url, &Mint::system()).await?;
                    self.compared(&store, tills).await
                }
            };
            let is_over = settling.pause_async("tills to agree").await.is_err();
            match agreed {
                Err(Error::Disagreement(_)) if !is_over => {}
                agreed => return agreed,
            }
        }
    }

    async fn compared(&self, store: &impl Store, tills: &[&Till]) -> Result<(), Error> {
        for till in tills {
            till.sync_now()?;
            until("a till to send everything", || {
                till.ledger()
                    .read(ledger::outbox::waiting)
                    .is_ok_and(|waiting| waiting == 0)
            })
            .await?;
        }
        let position = store.counts(self.tenant()).await?.feed;
        for till in tills {
            till.sync_now()?;
            until("a till to hold everything", || {
                let cursor = till.ledger().read(ledger::replica::cursor);
                cursor.is_ok_and(|cursor| cursor >= position)
            })
            .await?;
        }
        let mut differences = Vec::new();
        for till in tills {
            differences.extend(self.differences(store, till).await?);
        }
        if differences.is_empty() {
            return Ok(());
        }
        Err(Error::Disagreement(differences))
    }

    /// In what a till differs from the server: accounts, uses of codes, and the chain of its stream.
    async fn differences(&self, store: &impl Store, till: &Till) -> Result<Vec<String>, Error> {
        let mut differences = Vec::new();
        for held in store.code_uses(self.tenant()).await? {
            let Some(code) = CodeText::parse(&held.code) else {
                differences.push(format!("{held:?} on the server is of no code"));
                continue;
            };
            let shown = till
                .ledger()
                .read(|connection| ledger::code_use::shown(connection, &code))?;
            let shown = CodeUseRow::new(&code, &shown);
            if shown != held {
                differences.push(format!("{code}: shown {shown:?}, server {held:?}"));
            }
        }
        for (customer, held) in store.accounts(self.tenant()).await? {
            let shown = till
                .ledger()
                .read(|connection| ledger::account::shown(connection, customer))?;
            let shown = AccountDocument::from(&shown);
            if shown != held {
                differences.push(format!("{customer}: shown {shown:?}, server {held:?}"));
            }
        }
        let own = till.ledger().read(ledger::stream::head)?;
        let heads = store.streams(self.tenant()).await?;
        let server = own.as_ref().and_then(|own| {
            let found = heads.iter().find(|head| head.stream == own.stream);
            found.map(|head| (head.seq, head.hash))
        });
        let own = own.map(|head| (head.seq, head.hash));
        if own != server {
            differences.push(format!("stream: till {own:?}, server {server:?}"));
        }
        Ok(differences)
    }
}

/// The fixtures of this repository.
pub fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures")
}

/// How stories open a till: its key in a file of its folder, everything else as in a shop.
pub fn options(folder: &Path) -> TillOptions {
    TillOptions {
        key_source: KeySource::File,
        ..TillOptions::new(folder)
    }
}

/// Copies the files of a folder: a backup of what stands still.
///
/// # Errors
/// When a file cannot be copied.
pub fn copy_files(from: &Path, to: &Path) -> Result<(), Error> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            std::fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
}

/// Waits until `holds` is true.
///
/// # Errors
/// When it does not come true in time.
pub async fn until(what: &str, holds: impl Fn() -> bool) -> Result<(), Error> {
    let deadline = Deadline::after(PATIENCE);
    while !holds() {
        deadline.pause_async(what).await?;
    }
    Ok(())
}
