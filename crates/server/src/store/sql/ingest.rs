//! A batch in one transaction. Lock order: stream head, customers, codes, resources, feed head.

use std::collections::btree_map::Entry;
use std::sync::Arc;

use loyalty::account::{Account, MOST_MERGES};
use mostrador_loyalty as loyalty;
use mostrador_protocol::entry::Payload;
use mostrador_protocol::message::{Disposition, EntryDisposition, Verdict as Judged};
use mostrador_protocol::row::{Customer, Row};
use uuid::Uuid;

use super::program::RulesCache;
use super::sale_outcome::Place;
use super::session::Transaction;
use super::stream::Claim;
use super::undoing::Undoing;
use super::{
    Answer, customer, directory, experiment, feed, freeze, held, lease, program, sale_outcome,
    stream, undoing,
};
use crate::ingest::fold::{Touched, Workspace};
use crate::ingest::reading::{Link, Meaning};
use crate::ingest::rights::Speaker;
use crate::ingest::undoing::Judgement;
use crate::ingest::{Accepted, Batch, Outcome, StoredEntry, Verdict};
use crate::rules::Rules;
use crate::terminal::StreamHead;

pub(super) fn ingest(tx: &dyn Transaction, cache: &RulesCache, batch: &Batch) -> Answer<Outcome> {
    let who = (batch.tenant.as_str(), batch.terminal);
    let mut head = stream::claim(tx, who, batch.stream, batch.received_ms)?;
    if head.terminal != batch.terminal {
        return Ok(Outcome::Foreign);
    }
    if batch.base_seq > head.seq {
        return Ok(Outcome::NeedFrom {
            accepted_through: head.seq,
            head_hash: head.hash,
        });
    }
    let place = (batch.tenant.as_str(), batch.stream);
    if stream::hash_at(tx, place, batch.base_seq)? != Some(batch.base_hash) {
        return forked(tx, who, batch.base_seq);
    }

    let held_already = batch.links.partition_point(|link| link.seq <= head.seq);
    let (known, new) = batch.links.split_at(held_already);
    let mut dispositions = Vec::with_capacity(batch.links.len());
    let mut stored = stream::entries_after(tx, place, (batch.base_seq, known.len()))?.into_iter();
    for link in known {
        match stored.next() {
            Some(stored) if (stored.seq, stored.hash) == (link.seq, link.hash) => {
                let verdict = Verdict::of_first(stored.disposition, stored.reason);
                dispositions.push(verdict.at(link.seq));
            }
            _ => return forked(tx, who, link.seq),
        }
    }

    let mut rows = program::take_back(tx, &batch.tenant, (&batch.programs, batch.received_ms))?;
    if let Some(last) = new.last() {
        let rules = if rows.is_empty() {
            cache.of(tx, &batch.tenant)?
        } else {
            RulesCache::uncommitted(tx, &batch.tenant)?
        };
        let (verdicts, changed) = apply(tx, (batch, new), rules)?;
        let answers = new.iter().zip(verdicts);
        dispositions.extend(answers.map(|(link, verdict)| verdict.at(link.seq)));
        head = StreamHead {
            seq: last.seq,
            hash: last.hash,
            ..head
        };
        stream::set_head(tx, &batch.tenant, &head)?;
        stream::seen(tx, who, batch.stream, batch.received_ms)?;
        freeze::reached(tx, who)?;
        rows.extend(changed);
    }
    rows.extend(put_profiles(tx, &batch.tenant, &batch.profiles)?);
    if !new.is_empty() {
        rows.push(Row::Stream {
            stream: batch.stream,
            through: head.seq,
        });
    }
    feed::append(tx, &batch.tenant, &rows)?;
    Ok(Outcome::Accepted(Accepted {
        through: head.seq,
        head_hash: head.hash,
        dispositions,
        new: new.len(),
        changed: !rows.is_empty(),
    }))
}

/// Nothing is stored but that it happened, for the owner to see.
fn forked(tx: &dyn Transaction, who: (&str, Uuid), seq: u64) -> Answer<Outcome> {
    directory::set_verdict(tx, who, Judged::Fork)?;
    Ok(Outcome::Fork { seq })
}

/// Stores and applies entries that are new to the stream; the rows that changed.
fn apply(
    tx: &dyn Transaction,
    (batch, new): (&Batch, &[Link]),
    rules: Arc<Rules>,
) -> Answer<(Vec<Verdict>, Vec<Row>)> {
    let tenant = batch.tenant.as_str();
    let today = rules.day_of(batch.received_ms);
    let mut workspace = Workspace::new(rules, today);
    load(tx, tenant, (new, &mut workspace))?;
    let mut verdicts = Vec::with_capacity(new.len());
    let place = (tenant, batch.stream);
    let claims = stream::claim_entries(tx, place, new)?;
    for (link, claim) in new.iter().zip(claims) {
        let verdict = take_claimed(tx, place, (link, claim), &mut workspace)?;
        stream::insert_entry(tx, place, (link, &verdict, claim), batch.received_ms)?;
        verdicts.push(verdict);
    }
    let waited = free_waiting(tx, tenant, (new, &mut workspace))?;
    let mut rows = workspace.rows();
    put(tx, tenant, (&workspace, &rows))?;
    let freed = waited.into_iter();
    let freed = freed.filter(|(_, entry)| entry.disposition != Disposition::Held);
    rows.extend(freed.map(|(stream, entry)| Row::Disposition { stream, entry }));
    Ok((verdicts, rows))
}

/// Tries what waited for the sales among these entries, until nothing more comes free: a copy of an entry in
/// another stream follows the first one, which may stand after it. What became of each, by stream.
pub(super) fn free_waiting<'a>(
    tx: &dyn Transaction,
    tenant: &str,
    (links, workspace): (impl IntoIterator<Item = &'a Link>, &mut Workspace),
) -> Answer<Vec<(Uuid, EntryDisposition)>> {
    let mut tried = Vec::new();
    let said = links.into_iter().filter_map(|link| link.said.as_ref());
    let sales = said.filter_map(|(payload, _)| match payload.as_ref() {
        Payload::SaleCompleted(sale) => Some(sale.sale_id),
        _ => None,
    });
    for sale in undoing::awaited(tx, tenant, &sales.collect::<Vec<_>>())? {
        loop {
            let mut held = Vec::new();
            let before = tried.len();
            for (stream, link) in undoing::waiting(tx, tenant, sale)? {
                load(tx, tenant, (std::iter::once(&link), &mut *workspace))?;
                let verdict = take(tx, (tenant, stream), &link, workspace)?;
                held::note(tx, (tenant, stream), (&link, &verdict))?;
                let is_free = verdict.disposition != Disposition::Held;
                let list = if is_free { &mut tried } else { &mut held };
                list.push((stream, verdict.at(link.seq)));
            }
            if tried.len() == before {
                tried.extend(held);
                break;
            }
        }
    }
    Ok(tried)
}

/// Gives an entry its effects, unless its id had them before or it has to wait.
pub(super) fn take(
    tx: &dyn Transaction,
    (tenant, stream): (&str, Uuid),
    link: &Link,
    workspace: &mut Workspace,
) -> Answer<Verdict> {
    let place = (tenant, stream);
    let claim = stream::claim_entry(tx, place, link)?;
    take_claimed(tx, place, (link, claim), workspace)
}

/// The same for an entry whose id was claimed.
fn take_claimed(
    tx: &dyn Transaction,
    (tenant, stream): (&str, Uuid),
    (link, claim): (&Link, Claim),
    workspace: &mut Workspace,
) -> Answer<Verdict> {
    if let Some(earlier) = earlier(tx, (tenant, stream), (link, claim))? {
        return Ok(earlier);
    }
    let terminal = match workspace.rights.speaker() {
        Speaker {
            terminal,
            stream: known,
            ..
        } if known == stream => terminal,
        _ => stream::terminal_of(tx, tenant, stream)?,
    };
    workspace.rights.speaks(Speaker {
        terminal,
        stream,
        seq: link.seq,
    });
    let rules = Arc::clone(&workspace.rules);
    let undoing = match &link.meaning {
        Meaning::Held(_) => None,
        _ => undoing::judge(tx, tenant, (link, &rules))?,
    };
    let said = link.said.as_ref();
    let (mut verdict, done) = match undoing {
        Some(Undoing::Waits(reason)) => (Verdict::held(reason), None),
        Some(Undoing::Judged(Judgement::Adjusted { instead, because })) => {
            let effects = Judgement::effects(instead.as_deref());
            let mut touched = Touched::default();
            touched.add(&effects);
            load_touched(tx, tenant, (touched, workspace))?;
            let verdict = workspace.apply_instead(&effects, because);
            (verdict, instead.map(Payload::SaleRefunded))
        }
        Some(Undoing::Judged(Judgement::AsSaid)) | None => {
            let payload = said.map(|(payload, _)| Payload::clone(payload));
            (workspace.apply(&link.meaning), payload)
        }
    };
    if verdict.disposition == Disposition::Held {
        return Ok(verdict);
    }
    verdict.exceptions.extend(link.clock_suspect(terminal));
    experiment::put(tx, tenant, (stream, link.seq), &link.derived)?;
    if let (Some(payload), Some((_, at_ms))) = (&done, said) {
        let seq = link.seq;
        let what = (payload, *at_ms, &*workspace);
        sale_outcome::note(tx, (tenant, Place { stream, seq }), what)?;
    }
    Ok(verdict)
}

/// Writes the balances that changed, and whose sales they are now.
pub(super) fn put(
    tx: &dyn Transaction,
    tenant: &str,
    (workspace, rows): (&Workspace, &[Row]),
) -> Answer<()> {
    for row in rows {
        match row {
            Row::Account {
                customer_id,
                account,
            } => {
                let due_on = workspace.due_on(*customer_id);
                customer::put_account(tx, tenant, (*customer_id, account, due_on))?;
            }
            Row::CodeUse(code_use) => program::put_tally(tx, tenant, code_use)?,
            // Written beside the stock of its resource.
            Row::Lease(_) => {}
            _ => unreachable!("BUG: entries change accounts and uses of codes only"),
        }
    }
    for merged in workspace.accounts.merges() {
        sale_outcome::move_sales(tx, tenant, *merged)?;
    }
    for (reward, uses) in &workspace.rewards {
        program::put_reward_uses(tx, tenant, (reward, *uses))?;
    }
    lease::put_rights(tx, tenant, &workspace.rights)
}

/// What became of the same entry where it came first; none when it comes now. The same id with
/// another kind or payload is held.
fn earlier(
    tx: &dyn Transaction,
    (tenant, stream): (&str, Uuid),
    (link, claim): (&Link, Claim),
) -> Answer<Option<Verdict>> {
    let (Some((entry_id, kind)), Claim::Held(first_stream, first_seq)) = (&link.name, claim) else {
        return Ok(None);
    };
    if (first_stream, first_seq) == (stream, link.seq) {
        return Ok(None);
    }
    let first = stream::entry_at(tx, (tenant, first_stream), first_seq)?;
    let is_same = |first: &StoredEntry| {
        let header = first.raw.header();
        first.raw.payload == link.raw.payload && header.is_ok_and(|header| header.kind == *kind)
    };
    Ok(Some(match first {
        Some(first) if is_same(&first) => Verdict::of_first(first.disposition, first.reason),
        _ => Verdict::held(format!(
            "entry_id_reused: {entry_id} stands at position {first_seq} of stream {first_stream} \
             with another content"
        )),
    }))
}

/// Loads what these entries may change.
pub(super) fn load<'a>(
    tx: &dyn Transaction,
    tenant: &str,
    (new, workspace): (impl IntoIterator<Item = &'a Link>, &mut Workspace),
) -> Answer<()> {
    load_touched(tx, tenant, (Touched::by(new), workspace))
}

fn load_touched(
    tx: &dyn Transaction,
    tenant: &str,
    (touched, workspace): (Touched, &mut Workspace),
) -> Answer<()> {
    load_accounts(
        tx,
        tenant,
        (touched.customers.iter().copied(), &mut *workspace),
    )?;
    let codes = touched.codes.iter();
    let codes: Vec<_> = codes
        .filter(|code| !workspace.tallies.contains_key(code))
        .collect();
    let tallies = program::tallies(tx, tenant, &codes)?;
    let found = codes.into_iter().zip(tallies);
    let found = found.filter_map(|(code, tally)| Some((code.clone(), tally?)));
    workspace.tallies.extend(found);
    lease::load_rights(tx, tenant, (&touched, workspace))?;
    for reward in touched.rewards {
        if let Entry::Vacant(vacant) = workspace.rewards.entry(reward) {
            let uses = program::reward_uses(tx, tenant, vacant.key())?;
            vacant.insert(uses);
        }
    }
    Ok(())
}

/// Loads the accounts of customers and those that took them over.
pub(super) fn load_accounts(
    tx: &dyn Transaction,
    tenant: &str,
    (ids, workspace): (impl Iterator<Item = Uuid>, &mut Workspace),
) -> Answer<()> {
    let ids: Vec<Uuid> = ids
        .filter(|id| workspace.accounts.get(*id).is_none())
        .collect();
    let mut merged = Vec::new();
    let found = customer::accounts_due(tx, tenant, &ids)?;
    for (id, found) in ids.into_iter().zip(found) {
        if let Some((document, due_on)) = found {
            merged.extend(document.merged_into);
            workspace.accounts.insert(id, Account::from(&document));
            workspace.due.extend(due_on.map(|day| (id, day)));
        }
    }
    for survivor in merged {
        load_account(tx, tenant, (survivor, &mut *workspace))?;
    }
    Ok(())
}

/// Loads the account of a customer and those that took it over.
pub(super) fn load_account(
    tx: &dyn Transaction,
    tenant: &str,
    (id, workspace): (Uuid, &mut Workspace),
) -> Answer<()> {
    let mut next = Some(id);
    for _ in 0..=MOST_MERGES {
        let Some(id) = next.filter(|id| workspace.accounts.get(*id).is_none()) else {
            break;
        };
        next = None;
        if let Some((document, due_on)) = customer::account_due(tx, tenant, id)? {
            next = document.merged_into;
            workspace.accounts.insert(id, Account::from(&document));
            workspace.due.extend(due_on.map(|day| (id, day)));
        }
    }
    Ok(())
}

/// Writes the profiles that say anything new; as they are now. The sender meets them in the feed.
fn put_profiles(tx: &dyn Transaction, tenant: &str, profiles: &[Customer]) -> Answer<Vec<Row>> {
    let mut sorted: Vec<&Customer> = profiles.iter().collect();
    sorted.sort_by_key(|profile| (profile.id, profile.hlc));
    let mut rows = Vec::new();
    for profile in sorted {
        rows.extend(customer::put_profile(tx, tenant, profile)?.map(Row::Customer));
    }
    Ok(rows)
}
