//! What the server's disk tells of a run, for the summary.

use std::path::Path;

use mostrador_ledger as ledger;
use mostrador_protocol::lease::LeaseResource;
use mostrador_server::SqliteStore;
use mostrador_server::store::Store;
use rusqlite::Connection;

use super::diary::Diary;
use super::goods::TENANT;
use mostrador_tests::Error;

/// What each count asks of the server's disk.
const QUESTIONS: [(&str, &str); 9] = [
    ("tiers moved", "from entry where kind = 'tier_moved'"),
    ("badges awarded", "from entry where kind = 'badge_awarded'"),
    (
        "bonuses given",
        "from entry where kind = 'referral_bonus' and payload like '%\"taken_back\":false%'",
    ),
    (
        "bonuses taken back",
        "from entry where kind = 'referral_bonus' and payload like '%\"taken_back\":true%'",
    ),
    ("lots expired", "from entry where kind = 'points_expired'"),
    (
        "leases given back",
        "from entry where kind = 'lease_closed'",
    ),
    (
        "a limit passed, and named",
        "from entry where reason like '%over_limit:%'",
    ),
    (
        "refund of more than was left, adjusted",
        "from entry where reason like 'refund_adjusted:%'",
    ),
    (
        "void of more than was left, adjusted",
        "from entry where reason like 'void_adjusted:%'",
    ),
];

/// Counts it.
pub(super) async fn note(store: &SqliteStore, file: &Path, diary: &Diary) -> Result<(), Error> {
    let disk = Connection::open(file).map_err(ledger::Error::from)?;
    for (what, question) in QUESTIONS {
        let count = disk.query_row(&format!("select count(*) {question}"), [], |row| row.get(0));
        let count: i64 = count.map_err(ledger::Error::from)?;
        diary.reached(what, count.unsigned_abs());
    }
    let suspect = "select count(*) from entry where exceptions like '%clock_suspect%'";
    let suspect = disk.query_row(suspect, [], |row| row.get::<_, i64>(0));
    for _ in 0..suspect.map_err(ledger::Error::from)? {
        diary.fault("clock not believed");
    }
    let accounts = store.accounts(TENANT).await?;
    let owing = accounts.iter().filter(|(_, account)| account.debt > 0);
    diary.reached("points owed", owing.count() as u64);
    for (resource, stock) in store.stocks(TENANT).await? {
        let left = stock.limit + stock.exposure - stock.used;
        if matches!(resource, LeaseResource::CodeUses(_)) && stock.used > 0 && left <= 0 {
            diary.reached("all uses of a code gone", 1);
        }
    }
    Ok(())
}
