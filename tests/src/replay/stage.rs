//! The stage of a replay: a folder with the server's data and a folder per till, set up through the
//! commands an owner would type.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use super::conduct::TillStart;
use super::data::Dataset;
use super::program;
use crate::process::{DataPlace, server_command};

/// The company of a replay.
pub const TENANT: &str = "replay";

/// Where everything of a replay lies.
#[derive(Debug, Clone)]
pub struct Stage {
    folder: PathBuf,
    database: Option<String>,
    stores: Vec<String>,
}

impl Stage {
    /// The stage in `folder` for these stores, its server's data in a file there or in a PostgreSQL
    /// database; made when it is new.
    ///
    /// # Errors
    /// When the folder cannot be made or a command of the server fails.
    pub fn set(folder: &Path, database: Option<&str>, dataset: &Dataset) -> io::Result<Self> {
        let mut stores: Vec<String> = dataset
            .baskets
            .iter()
            .map(|basket| basket.store.clone())
            .collect();
        stores.sort();
        stores.dedup();
        let stage = Self {
            folder: folder.to_owned(),
            database: database.map(str::to_owned),
            stores,
        };
        let done = folder.join("stage-is-set");
        if !done.exists() {
            stage.build(dataset)?;
            std::fs::write(done, "")?;
        }
        Ok(stage)
    }

    /// The server's folder.
    pub fn server(&self) -> PathBuf {
        self.folder.join("server")
    }

    /// Where the server's data is.
    pub fn data(&self) -> DataPlace {
        match &self.database {
            Some(url) => DataPlace::Database(url.clone()),
            None => DataPlace::Folder(self.server()),
        }
    }

    /// What each till process starts with: a one-time code where the till has no file yet.
    ///
    /// # Errors
    /// When the server's command fails.
    pub fn tills(&self) -> io::Result<Vec<TillStart>> {
        self.stores
            .iter()
            .map(|store| {
                let data = self.folder.join(format!("till-{store}"));
                let enrolled = data.join("enrolled").exists();
                let enrol_code = if enrolled {
                    None
                } else {
                    Some(self.enrol_code(store)?)
                };
                Ok(TillStart {
                    store: store.clone(),
                    data,
                    enrol_code,
                })
            })
            .collect()
    }

    fn build(&self, dataset: &Dataset) -> io::Result<()> {
        std::fs::create_dir_all(self.server())?;
        let program_file = self.folder.join("program.toml");
        let document = program::document(dataset);
        let text = toml::to_string(&document).map_err(io::Error::other)?;
        std::fs::write(&program_file, text)?;
        let customers_file = self.folder.join("customers.csv");
        std::fs::write(&customers_file, program::customers_csv(dataset))?;
        let products_file = self.folder.join("products.csv");
        let products = program::products_csv(dataset).map_err(io::Error::other)?;
        std::fs::write(&products_file, products)?;
        let staff_file = self.folder.join("staff.csv");
        std::fs::write(&staff_file, program::staff_csv(&self.stores))?;

        self.command(["tenant", "create", TENANT])?;
        for store in &self.stores {
            self.command(["store", "create", "--tenant", TENANT, store])?;
        }
        let publish: [&OsStr; 5] = [
            "program".as_ref(),
            "publish".as_ref(),
            "--tenant".as_ref(),
            TENANT.as_ref(),
            program_file.as_ref(),
        ];
        self.command(publish)?;
        let imports = [
            ("customers", &customers_file),
            ("products", &products_file),
            ("staff", &staff_file),
        ];
        for (what, file) in imports {
            let import: [&OsStr; 5] = [
                "import".as_ref(),
                "--tenant".as_ref(),
                TENANT.as_ref(),
                what.as_ref(),
                file.as_ref(),
            ];
            self.command(import)?;
        }
        Ok(())
    }

    fn enrol_code(&self, store: &str) -> io::Result<String> {
        let terminal = format!("till-{store}");
        let said = self.command([
            "enrol-code",
            "--plain",
            "--tenant",
            TENANT,
            "--store",
            store,
            "--terminal",
            &terminal,
        ])?;
        Ok(said.trim().to_owned())
    }

    fn command<S: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = S>,
    ) -> io::Result<String> {
        let arguments = arguments
            .into_iter()
            .map(|argument| argument.as_ref().to_owned());
        server_command(self.data().option().into_iter().chain(arguments))
    }
}
