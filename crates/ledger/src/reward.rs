//! Rewards: their uses at this till, and over all accounts how often each was had and whose a reward
//! coupon is. How often one customer had a reward stands in the account (`Account::redemptions_of`).
//!
//! Always true: what is known over all accounts are rows of their documents, kept by triggers. Of a
//! customer with own entries that the server's row does not include, the rows of what is shown count.

use loyalty::code::CodeText;
use mostrador_loyalty as loyalty;
use mostrador_protocol::entry::{Decoded, Header, Payload, RawEntry, RewardRedeemed};
use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use crate::{Error, column};

/// How often everybody had the reward with this slug at this till, less what came back.
pub fn uses_here(connection: &Connection, reward: &str) -> Result<u64, Error> {
    let uses: i64 = connection
        .prepare_cached("select coalesce(sum(uses), 0) from reward_use where reward = ?")?
        .query_row([reward], |row| row.get(0))?;
    Ok(u64::try_from(uses).unwrap_or(0))
}

/// How often everybody together redeemed the reward with this slug, less returns, as far as this till
/// knows. It costs one row for each customer who has had it.
pub fn redeemed_by_all(connection: &Connection, reward: &str) -> Result<u64, Error> {
    let times: i64 = connection
        .prepare_cached(
            "select coalesce(sum(h.times), 0)
             from reward_had h
             where h.reward = ?
                 and (h.shown = 1 or not exists (
                     select 1 from account_shown s where s.customer_id = h.customer_id))",
        )?
        .query_row([reward], |row| row.get(0))?;
    Ok(u64::try_from(times).unwrap_or(0))
}

/// Who holds the reward coupon with this text, used or not.
pub fn coupon_holder(connection: &Connection, code: &CodeText) -> Result<Option<Uuid>, Error> {
    let holder = connection
        .prepare_cached(
            "select c.customer_id
             from reward_coupon c
             where c.code = ?
                 and (c.shown = 1 or not exists (
                     select 1 from account_shown s where s.customer_id = c.customer_id))
             order by c.customer_id
             limit 1",
        )?
        .query_row([code.as_str()], |row| column::id(row, 0))
        .optional()?;
    Ok(holder)
}

/// The redemption that made the reward coupon with this text, if this till made it and its points have
/// not come back.
pub fn redemption(
    connection: &Connection,
    code: &CodeText,
) -> Result<Option<RewardRedeemed>, Error> {
    let mut statement = connection.prepare_cached(
        "select header, payload
         from entry
         where payload ->> '$.coupon.code' = ?
             and header ->> '$.kind' in ('reward_redeemed', 'reward_returned')",
    )?;
    let mut rows = statement.query([code.as_str()])?;
    let mut made = None;
    while let Some(row) = rows.next()? {
        let raw = RawEntry {
            header: row.get(0)?,
            payload: row.get(1)?,
        };
        match raw.payload(&raw.header()?)? {
            Decoded::Known(Payload::RewardRedeemed(redeemed)) => made = Some(*redeemed),
            Decoded::Known(Payload::RewardReturned(_)) => return Ok(None),
            _ => {}
        }
    }
    Ok(made)
}

/// The reward for which a sale of this till made the code with this text, if it was bought on the basket.
pub fn bought_on_basket(connection: &Connection, code: &CodeText) -> Result<Option<String>, Error> {
    let raw = connection
        .prepare_cached(
            "select e.header, e.payload
             from sale_code c
             join entry e on e.stream = c.stream and e.seq = c.seq
             where c.code = ?
             limit 1",
        )?
        .query_row([code.as_str()], |row| {
            Ok(RawEntry {
                header: row.get(0)?,
                payload: row.get(1)?,
            })
        })
        .optional()?;
    let Some(raw) = raw else {
        return Ok(None);
    };
    let Decoded::Known(Payload::SaleCompleted(sale)) = raw.payload(&raw.header()?)? else {
        return Ok(None);
    };
    let made = sale
        .rewards
        .into_iter()
        .find(|reward| reward.code == code.as_str());
    Ok(made.map(|reward| reward.reward))
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
