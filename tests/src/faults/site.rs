//! Where the faults happen: one company with its server, and tills as they are needed.

use std::path::{Path, PathBuf};

use mostrador_sync::random::Random;

use crate::Error;
use crate::shop::{CAFE_VT, Crowd, Shop};

/// A company in which things break.
#[derive(Debug)]
pub struct Site {
    /// Its server.
    pub shop: Shop,
    /// Where everything of it lies.
    pub folder: PathBuf,
    /// Whether few repetitions are enough.
    pub is_quick: bool,
    /// Chance, from a seed.
    pub random: Random,
    tills: u32,
}

impl Site {
    /// Founds the company in `folder`.
    ///
    /// # Errors
    /// When a command fails or the server does not start.
    pub fn open(
        fixtures: &Path,
        folder: &Path,
        (is_quick, seed): (bool, u64),
    ) -> Result<Self, Error> {
        Ok(Self {
            shop: Shop::open_from(fixtures, folder, CAFE_VT, Crowd::Few)?,
            folder: folder.to_owned(),
            is_quick,
            random: Random::seeded(seed),
            tills: 0,
        })
    }

    /// `quick` or `full` repetitions.
    pub fn times(&self, quick: u32, full: u32) -> u32 {
        if self.is_quick { quick } else { full }
    }

    /// A name that no till has yet.
    pub fn next_name(&mut self) -> String {
        self.tills += 1;
        format!("Caja {}", self.tills)
    }

    /// Enrols a till against `url`, waits until it holds everything, closes it, and gives back its folder.
    ///
    /// # Errors
    /// When it cannot be enrolled.
    pub async fn new_till(&mut self, url: &str) -> Result<PathBuf, Error> {
        let name = self.next_name();
        let till = self.shop.till("centro", &name, url).await?;
        self.shop.agree(&[&till]).await?;
        till.stop_sync().await;
        Ok(self.shop.till_folder(&name))
    }

    /// The same against the server itself.
    ///
    /// # Errors
    /// When it cannot be enrolled.
    pub async fn till(&mut self) -> Result<PathBuf, Error> {
        let url = self.shop.url();
        self.new_till(&url).await
    }
}
