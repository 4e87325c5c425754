//! `leaderboard`.

use chrono::NaiveDate;
use clap::Args;
use mostrador_server::store::Ranking;
use mostrador_server::{Error, Store};

use super::Stop;

#[derive(Debug, Args)]
pub(super) struct Leaderboard {
    /// The company
    #[arg(long)]
    tenant: String,
    /// Only this store
    #[arg(long)]
    store: Option<String>,
    /// The first local day
    #[arg(long, value_name = "DAY")]
    from: NaiveDate,
    /// The last local day, inside
    #[arg(long, value_name = "DAY")]
    to: NaiveDate,
    /// How many places
    #[arg(long, value_name = "N", default_value_t = 10)]
    limit: u32,
}

impl Leaderboard {
    pub(super) async fn run(self, store: impl Store) -> Result<(), Stop> {
        let shops = store.shops(&self.tenant).await?;
        if let Some(slug) = self.store.as_ref()
            && !shops.iter().any(|shop| shop.id == *slug)
        {
            return Err(Error::UnknownStore {
                tenant: self.tenant,
                store: slug.clone(),
            }
            .into());
        }
        let places = store
            .leaderboard(Ranking {
                tenant: self.tenant,
                store: self.store,
                days: self.from..=self.to,
                limit: self.limit,
            })
            .await?;
        for (place, of) in (1..).zip(&places) {
            let name = of.name.as_deref().unwrap_or("(no profile)");
            println!(
                "{place:>3}  {:>9} points  {:>5} sales  {name}",
                of.points, of.sales
            );
        }
        println!("{} places", places.len());
        Ok(())
    }
}
