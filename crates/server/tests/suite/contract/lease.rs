//! What is scarce is shared out, and no limit is passed unless somebody names by how much.

use loyalty::lease::Stock;
use mostrador_loyalty as loyalty;
use mostrador_protocol::entry::{EntryHash, Payload};
use mostrador_protocol::lease::{
    LEASE_MS, LeaseClosed, LeaseResource, LeaseSpend, LeaseState, LeaseWant,
};
use mostrador_protocol::message::Disposition::{Adjusted, Applied};
use mostrador_protocol::program::{CodeDocument, ProgramDocument};
use mostrador_protocol::row::Row;
use mostrador_server::ingest::reading::Meaning;
use mostrador_server::ingest::release::release;
use mostrador_server::lease::{Asked, Granted, Lease, WriteOff};
use mostrador_server::store::Greeting;
use mostrador_server::{Mint, Store};
use uuid::Uuid;

use super::fork::greeting;
use super::scribe::{Scribe, TENANT, dispositions, exceptions, page_after, sale, uses};

const ANA: Uuid = Uuid::from_u128(1);

fn uses_of(code: &str) -> LeaseResource {
    LeaseResource::CodeUses(code.to_owned())
}

fn new_id() -> Uuid {
    Mint::system().id().unwrap()
}

fn want(resource: LeaseResource, units: i64) -> LeaseWant {
    LeaseWant {
        lease_id: new_id(),
        resource,
        units,
        urgent: false,
    }
}

async fn ask<S: Store>(store: &S, till: &Scribe, wants: Vec<LeaseWant>, now_ms: i64) -> Granted {
    let asked = Asked {
        tenant: TENANT.to_owned(),
        terminal: till.terminal,
        wants,
        now_ms,
    };
    store.lease(asked).await.unwrap()
}

/// The lease that a till gets of a code's uses, if any.
async fn one_of<S: Store>(store: &S, till: &Scribe, code: &str) -> Option<Lease> {
    let granted = ask(store, till, vec![want(uses_of(code), 1)], 0).await;
    granted.leases.into_iter().next()
}

async fn stock<S: Store>(store: &S, resource: &LeaseResource) -> Stock {
    let stocks = store.stocks(TENANT).await.unwrap();
    assert!(stocks.iter().all(|(_, stock)| stock.holds()), "{stocks:?}");
    let mut stocks = stocks.into_iter();
    let found = stocks.find(|(known, _)| known == resource);
    found.map(|(_, stock)| stock).unwrap_or_default()
}

fn counts(stock: Stock) -> (i64, i64, i64, i64) {
    (stock.used, stock.leased, stock.limit, stock.exposure)
}

/// A sale with a code by a right of the till's.
pub(crate) fn sell_by(till: &mut Scribe, code: &str, spends: &[(Uuid, i64)]) {
    let Payload::SaleCompleted(mut sold) = sale(ANA, code) else {
        unreachable!("BUG: a sale is a sale");
    };
    let spends = spends.iter();
    let spends = spends.map(|(lease_id, units)| LeaseSpend {
        lease_id: *lease_id,
        units: *units,
    });
    sold.leases = spends.collect();
    till.write(new_id(), &Payload::SaleCompleted(sold));
}

fn close(till: &mut Scribe, lease_id: Uuid) {
    close_spent(till, lease_id, 0);
}

fn close_spent(till: &mut Scribe, lease_id: Uuid, spent: i64) {
    let closed = LeaseClosed {
        lease_id,
        spent,
        reason: "not_needed".to_owned(),
    };
    till.write(new_id(), &Payload::LeaseClosed(closed));
}

pub(crate) async fn the_last_use_goes_to_one_terminal<S: Store>(store: S) {
    let mut first = Scribe::new(&store).await;
    let second = Scribe::another(&store).await;
    let lease = one_of(&store, &first, "ONCE").await.unwrap();
    let refused = ask(&store, &second, vec![want(uses_of("ONCE"), 1)], 0).await;
    assert_eq!(
        (refused.leases, refused.exhausted),
        (vec![], vec![uses_of("ONCE")])
    );
    assert_eq!(counts(stock(&store, &uses_of("ONCE")).await), (0, 1, 1, 0));
    sell_by(&mut first, "ONCE", &[(lease.id, 1)]);
    assert_eq!(dispositions(&first.push(&store, 0).await), [Applied]);
    assert_eq!(counts(stock(&store, &uses_of("ONCE")).await), (1, 0, 1, 0));
    assert_eq!(one_of(&store, &second, "ONCE").await, None);
    // The same batch again spends nothing more.
    first.push(&store, 0).await;
    assert_eq!(counts(stock(&store, &uses_of("ONCE")).await), (1, 0, 1, 0));
}

pub(crate) async fn a_question_asked_again_is_one_lease<S: Store>(store: S) {
    let till = Scribe::new(&store).await;
    let question = vec![want(LeaseResource::CodeBudget("BUDGET".to_owned()), 100)];
    let first = ask(&store, &till, question.clone(), 0).await;
    let again = ask(&store, &till, question, 5).await;
    assert_eq!(first.leases, again.leases);
    assert!(first.changed && !again.changed);
    assert_eq!(first.leases[0].granted, 100);
    // What has no limit is not scarce, and what is no code is nothing.
    let nothing = [want(uses_of("FREE"), 5), want(uses_of("🎉"), 5)];
    let asked = ask(&store, &till, nothing.to_vec(), 0).await;
    assert_eq!(asked.leases.len(), 1);
    assert!(!asked.changed && asked.exhausted.is_empty());
}

pub(crate) async fn time_frees_nothing<S: Store>(store: S) {
    let first = Scribe::new(&store).await;
    let second = Scribe::another(&store).await;
    one_of(&store, &first, "ONCE").await.unwrap();
    let years_later = 100 * LEASE_MS;
    let refused = ask(&store, &second, vec![want(uses_of("ONCE"), 1)], years_later).await;
    assert_eq!(refused.exhausted, [uses_of("ONCE")]);
    assert_eq!(store.open_leases(TENANT).await.unwrap().len(), 1);
}

pub(crate) async fn what_comes_back_can_be_granted_again<S: Store>(store: S) {
    let mut first = Scribe::new(&store).await;
    let mut second = Scribe::another(&store).await;
    let lease = one_of(&store, &first, "ONCE").await.unwrap();
    // Another terminal's word closes nothing.
    close(&mut second, lease.id);
    second.push(&store, 0).await;
    assert_eq!(stock(&store, &uses_of("ONCE")).await.leased, 1);
    close(&mut first, lease.id);
    first.push(&store, 0).await;
    assert_eq!(stock(&store, &uses_of("ONCE")).await.leased, 0);
    assert!(one_of(&store, &second, "ONCE").await.is_some());
    // After its close it is no right: the sale stands, and is looked at.
    sell_by(&mut first, "ONCE", &[(lease.id, 1)]);
    let late = first.push(&store, 1).await;
    assert_eq!(dispositions(&late), [Adjusted]);
    let reason = late.dispositions[0].reason.clone().unwrap();
    assert_eq!(
        reason,
        "over_limit: code ONCE was used by a right that was closed; code ONCE was used 1 times \
         without a right while 1 of its 1 uses are kept for other terminals"
    );
    assert_eq!(counts(stock(&store, &uses_of("ONCE")).await), (1, 1, 1, 1));
}

pub(crate) async fn a_lease_that_comes_back_alone_leaves_its_uses_counted<S: Store>(store: S) {
    let mut till = Scribe::new(&store).await;
    let lease = one_of(&store, &till, "ONCE").await.unwrap();
    sell_by(&mut till, "ONCE", &[(lease.id, 1)]);
    till.push(&store, 0).await;
    close(&mut till, lease.id);
    till.push(&store, 1).await;
    assert_eq!(counts(stock(&store, &uses_of("ONCE")).await), (1, 0, 1, 0));
    assert_eq!(one_of(&store, &till, "ONCE").await, None);
}

pub(crate) async fn what_a_held_sale_spent_is_not_granted_again<S: Store>(store: S) {
    let mut first = Scribe::new(&store).await;
    let second = Scribe::another(&store).await;
    let lease = one_of(&store, &first, "ONCE").await.unwrap();
    sell_by(&mut first, "ONCE", &[(lease.id, 1)]);
    close_spent(&mut first, lease.id, 1);
    let mut batch = first.batch(0);
    batch.links[0].meaning = Meaning::Held("unknown_kind: this server is too old".to_owned());
    store.ingest(batch).await.unwrap();
    assert_eq!(counts(stock(&store, &uses_of("ONCE")).await), (0, 1, 1, 0));
    assert_eq!(one_of(&store, &second, "ONCE").await, None);
    release(&store, TENANT, None).await.unwrap();
    assert_eq!(dispositions(&first.push(&store, 0).await), [Applied; 2]);
    assert_eq!(counts(stock(&store, &uses_of("ONCE")).await), (1, 0, 1, 0));
    assert_eq!(one_of(&store, &second, "ONCE").await, None);
}

pub(crate) async fn what_was_spent_unseen_is_written_off_with_its_terminal<S: Store>(store: S) {
    let mut dead = Scribe::new(&store).await;
    let second = Scribe::another(&store).await;
    let lease = one_of(&store, &dead, "ONCE").await.unwrap();
    close_spent(&mut dead, lease.id, 1);
    dead.push(&store, 0).await;
    assert_eq!(one_of(&store, &second, "ONCE").await, None);
    let which = WriteOff::Terminal(dead.terminal);
    assert_eq!(store.write_off(TENANT, which).await.unwrap().len(), 1);
    assert_eq!(counts(stock(&store, &uses_of("ONCE")).await), (0, 0, 1, 1));
    assert!(one_of(&store, &second, "ONCE").await.is_some());
}

pub(crate) async fn a_write_off_tells_what_it_names<S: Store>(store: S) {
    let mut dead = Scribe::new(&store).await;
    let budget = LeaseResource::CodeBudget("BUDGET".to_owned());
    let granted = ask(&store, &dead, vec![want(budget.clone(), 10)], 0).await;
    let lease = granted.leases.into_iter().next().unwrap();
    assert_eq!(lease.granted, 10);
    // Five were spent, and no entry tells of them: the other five are free again.
    close_spent(&mut dead, lease.id, 5);
    dead.push(&store, 0).await;
    let which = WriteOff::Terminal(dead.terminal);
    let written_off = store.write_off(TENANT, which).await.unwrap();
    let units: Vec<i64> = written_off.iter().map(|ended| ended.units).collect();
    let exposure = stock(&store, &budget).await.exposure;
    assert_eq!((units, exposure), (vec![5], 5));
}

pub(crate) async fn a_right_that_is_held_is_never_over<S: Store>(store: S) {
    let mut holder = Scribe::new(&store).await;
    let mut other = Scribe::another(&store).await;
    let lease = one_of(&store, &holder, "ONCE").await.unwrap();
    other.sell(ANA, "ONCE");
    assert_eq!(dispositions(&other.push(&store, 0).await), [Adjusted]);
    sell_by(&mut holder, "ONCE", &[(lease.id, 1)]);
    assert_eq!(dispositions(&holder.push(&store, 0).await), [Applied]);
    assert_eq!(counts(stock(&store, &uses_of("ONCE")).await), (2, 0, 1, 1));
    assert_eq!(uses(&store, "ONCE").await, 2);
    assert_eq!(exceptions(&store).await.len(), 1);
}

pub(crate) async fn a_terminal_that_is_written_off_becomes_named_exposure<S: Store>(store: S) {
    let mut dead = Scribe::new(&store).await;
    let mut second = Scribe::another(&store).await;
    let lease = one_of(&store, &dead, "ONCE").await.unwrap();
    let which = WriteOff::Terminal(dead.terminal);
    let written_off = store.write_off(TENANT, which).await.unwrap();
    assert_eq!(written_off.len(), 1);
    assert_eq!(written_off[0].lease.state, LeaseState::WrittenOff);
    assert_eq!(counts(stock(&store, &uses_of("ONCE")).await), (0, 0, 1, 1));
    assert_eq!(store.write_off(TENANT, which).await.unwrap(), []);
    // It is granted again and used; then the dead terminal comes back and had used it too.
    let again = one_of(&store, &second, "ONCE").await.unwrap();
    sell_by(&mut second, "ONCE", &[(again.id, 1)]);
    assert_eq!(dispositions(&second.push(&store, 0).await), [Applied]);
    sell_by(&mut dead, "ONCE", &[(lease.id, 1)]);
    let late = dead.push(&store, 0).await;
    assert_eq!(dispositions(&late), [Adjusted]);
    assert_eq!(
        late.dispositions[0].reason.as_deref(),
        Some("over_limit: code ONCE was used by a right that was written off")
    );
    assert_eq!(counts(stock(&store, &uses_of("ONCE")).await), (2, 0, 1, 1));
}

pub(crate) async fn a_limit_that_is_lowered_names_what_is_beyond_it<S: Store>(store: S) {
    let mut till = Scribe::new(&store).await;
    let budget = LeaseResource::CodeBudget("BUDGET".to_owned());
    let granted = ask(&store, &till, vec![want(budget.clone(), 200)], 0).await;
    let publish = |version, budget| {
        let code = CodeDocument {
            text: "BUDGET".to_owned(),
            percent_bp: Some(1000),
            budget,
            ..CodeDocument::default()
        };
        let program = ProgramDocument {
            version,
            codes: vec![code],
            ..ProgramDocument::bare("Café", "MXN", "America/Mexico_City")
        };
        store.publish(TENANT, program, 0)
    };
    publish(50, Some(100)).await.unwrap();
    // The sale gives 1000, of which 200 were granted and 100 of those are beyond the new budget.
    sell_by(&mut till, "BUDGET", &[(granted.leases[0].id, 200)]);
    assert_eq!(dispositions(&till.push(&store, 0).await), [Adjusted]);
    assert_eq!(counts(stock(&store, &budget).await), (1000, 0, 100, 900));
    // Without a limit there is nothing to be over.
    publish(51, None).await.unwrap();
    till.sell(ANA, "BUDGET");
    assert_eq!(dispositions(&till.push(&store, 1).await), [Applied]);
    assert_eq!(stock(&store, &budget).await.used, 2000);
}

pub(crate) async fn somebody_at_the_counter_recalls_what_is_idle<S: Store>(store: S) {
    let holder = Scribe::new(&store).await;
    let asking = Scribe::another(&store).await;
    let lease = one_of(&store, &holder, "ONCE").await.unwrap();
    let urgent = LeaseWant {
        urgent: true,
        ..want(uses_of("ONCE"), 1)
    };
    let refused = ask(&store, &asking, vec![urgent], 0).await;
    assert_eq!(refused.exhausted, [uses_of("ONCE")]);
    let open = store.open_leases(TENANT).await.unwrap();
    assert_eq!(open[0].state, LeaseState::Recalled);
    let page = page_after(&store, 0).await;
    let rows = page.rows.iter().filter_map(|row| match &row.row {
        Row::Lease(row) if row.lease_id == lease.id => Some(row.state),
        _ => None,
    });
    let states: Vec<LeaseState> = rows.collect();
    assert_eq!(states, [LeaseState::Open, LeaseState::Recalled]);
}

pub(crate) async fn one_terminal_at_a_time_decides_on_a_customer<S: Store>(store: S) {
    let mut first = Scribe::new(&store).await;
    let second = Scribe::another(&store).await;
    let rights = LeaseResource::Customer(ANA);
    let granted = ask(&store, &first, vec![want(rights.clone(), 1)], 0).await;
    let refused = ask(&store, &second, vec![want(rights.clone(), 1)], 0).await;
    assert_eq!(refused.exhausted.as_slice(), std::slice::from_ref(&rights));
    sell_by(&mut first, "FREE", &[(granted.leases[0].id, 0)]);
    close(&mut first, granted.leases[0].id);
    assert_eq!(
        dispositions(&first.push(&store, 0).await),
        [Applied, Applied]
    );
    let granted = ask(&store, &second, vec![want(rights, 1)], 0).await;
    assert_eq!(granted.leases.len(), 1);
}

pub(crate) async fn fifty_terminals_ask_for_the_last_use_at_once<S: Store>(store: S) {
    let mut tills = vec![Scribe::new(&store).await];
    for _ in 1..50 {
        tills.push(Scribe::another(&store).await);
    }
    let mut asking = tokio::task::JoinSet::new();
    for till in tills {
        let store = store.clone();
        asking.spawn(async move { one_of(&store, &till, "ONCE").await });
    }
    let answers = asking.join_all().await;
    assert_eq!(answers.iter().flatten().count(), 1);
    assert_eq!(counts(stock(&store, &uses_of("ONCE")).await), (0, 1, 1, 0));
}

pub(crate) async fn a_restored_server_grants_nothing_before_everybody_has_spoken<S: Store>(
    store: S,
) {
    let mut first = Scribe::new(&store).await;
    let second = Scribe::another(&store).await;
    let silent = Scribe::another(&store).await;
    first.sell(ANA, "FREE");
    let beyond = Greeting {
        cursor: (1_000_000, Some(EntryHash([9; 32]))),
        ..greeting(&first, 1)
    };
    store.greet(beyond).await.unwrap().unwrap();
    let all = [first.terminal, second.terminal, silent.terminal];
    let awaited = async || {
        let awaited = store.awaited(TENANT).await.unwrap();
        all.map(|terminal| awaited.contains(&terminal))
    };
    let is_frozen = async || one_of(&store, &second, "ONCE").await.is_none();
    assert_eq!(awaited().await, [true, true, true]);
    assert!(is_frozen().await);
    // A hello is not enough while entries are missing.
    first.push(&store, 0).await;
    assert_eq!(awaited().await, [false, true, true]);
    store.greet(greeting(&second, 0)).await.unwrap().unwrap();
    assert_eq!(awaited().await, [false, false, true]);
    assert!(is_frozen().await);
    assert_eq!(stock(&store, &uses_of("ONCE")).await, Stock::default());
    // Who never speaks again is written off, although it held nothing.
    let which = WriteOff::Terminal(silent.terminal);
    assert_eq!(store.write_off(TENANT, which).await.unwrap(), []);
    assert_eq!(awaited().await, [false, false, false]);
    assert!(!is_frozen().await);
}
