//! Uses of rewards at this till. How often one customer had a reward stands in the account
//! (`Account::redemptions_of`), which other tills' entries are part of.

use mostrador_protocol::entry::{Header, Payload, RewardRedeemed};
use rusqlite::{Connection, params};
use uuid::Uuid;

use crate::{Error, column};

/// How often everybody had the reward with this slug at this till, less what came back.
pub fn uses_here(connection: &Connection, reward: &str) -> Result<u64, Error> {
    let uses: i64 = connection
        .prepare_cached("select coalesce(sum(uses), 0) from reward_use where reward = ?")?
        .query_row([reward], |row| row.get(0))?;
    Ok(u64::try_from(uses).unwrap_or(0))
}

/// A reward comes back once.
pub(crate) fn check_returned(tx: &Connection, returned: &RewardRedeemed) -> Result<(), Error> {
    let id = returned.redemption_id;
    let has_returned: bool = tx
        .prepare_cached(
            "select exists (select 1 from reward_use where redemption_id = ? and uses = -1)",
        )?
        .query_row([id.as_bytes()], |row| row.get(0))?;
    if has_returned {
        return Err(Error::AlreadyUndone { id });
    }
    Ok(())
}

/// Writes the uses of rewards that an entry makes or gives back.
pub(crate) fn project(tx: &Connection, header: &Header, payload: &Payload) -> Result<(), Error> {
    let mut insert = tx.prepare_cached(
        "insert into reward_use (stream, seq, place, redemption_id, reward, uses)
         values (?, ?, ?, ?, ?, ?)",
    )?;
    for (place, (redemption, reward, uses)) in (0_i64..).zip(changes(payload)) {
        insert.execute(params![
            header.stream.as_bytes(),
            column::integer(header.seq),
            place,
            redemption.as_ref().map(Uuid::as_bytes),
            reward,
            uses
        ])?;
    }
    Ok(())
}

fn changes(payload: &Payload) -> Vec<(Option<Uuid>, &str, i64)> {
    let back = |reward| (None, String::as_str(reward), -1);
    match payload {
        Payload::SaleCompleted(sale) => {
            let rewards = sale.rewards.iter();
            rewards
                .map(|used| (None, used.reward.as_str(), 1))
                .collect()
        }
        Payload::SaleRefunded(refund) => refund.rewards.iter().map(back).collect(),
        Payload::SaleVoided(void) => void.rewards.iter().map(back).collect(),
        Payload::RewardRedeemed(it) => vec![(Some(it.redemption_id), it.reward.as_str(), 1)],
        Payload::RewardReturned(it) => vec![(Some(it.redemption_id), it.reward.as_str(), -1)],
        _ => Vec::new(),
    }
}
