//! What this till asks for ahead, and what it gives back: `loyalty::lease` decides, this collects what it
//! decides by and writes what came of it.

use std::collections::BTreeMap;

use mostrador_ledger as ledger;
use mostrador_ledger::Connection;
use mostrador_loyalty::code::{Benefit, Code, CodeText};
use mostrador_loyalty::lease::{Held, KEEP_DAYS, Need, Resource, gives_back, wanted};
use mostrador_loyalty::money::Amount;
use mostrador_protocol::entry::Payload;
use mostrador_protocol::lease::{LeaseClosed, LeaseResource, LeaseWant, MAX_WANTS};
use uuid::Uuid;

use crate::Error;
use crate::price::subject;
use crate::rights::{are_customers_scarce, limits_each_customer};
use crate::rules::Rules;
use crate::session::OpenBasket;
use crate::stamp::stamp;
use crate::till::{Till, unpoisoned};

/// Of a budget without a better guess, one sale is taken to need this part.
const BUDGET_PART: i64 = 20;

/// The most customers on whom a till goes on deciding after they have left: those who came last.
const MAX_CUSTOMERS: usize = 200;

/// Milliseconds of a day.
const DAY_MS: i64 = 24 * 3_600_000;

impl Till {
    /// Gives back what is not needed, and says what to ask for. Each question has its id in the file
    /// before it leaves.
    pub(crate) fn keep_rights(&self) -> Result<Vec<LeaseWant>, Error> {
        let Some(identity) = self.identity() else {
            return Ok(Vec::new());
        };
        let open = self.session().open.clone();
        let now_ms = self.now_ms();
        let Some(found) =
            self.read(|connection| self.look_at_rights(connection, (&open, &identity.store)))?
        else {
            return Ok(Vec::new());
        };
        // Only what is written takes the turn of a sale.
        if found.gives_back.is_empty() && wants(&found.needs).is_empty() {
            return Ok(Vec::new());
        }
        self.shared.ledger.transact(|tx| {
            if ledger::lease::is_doubted(tx)? {
                return Ok(Vec::new());
            }
            self.give_back(tx, &found.gives_back, now_ms)?;
            let mut needs = found.needs;
            for (resource, need) in &mut needs {
                need.held = ledger::lease::left(tx, resource)?;
            }
            self.ask(tx, &needs)
        })
    }

    /// What is needed and what is not, as the file stands now; none while nobody can say.
    fn look_at_rights(
        &self,
        connection: &Connection,
        (open, store): (&OpenBasket, &str),
    ) -> Result<Option<Found>, Error> {
        // The server says first which of them it still has.
        if ledger::lease::is_doubted(connection)? {
            return Ok(None);
        }
        let rules = match self.shared.shelf.current(connection) {
            Ok(rules) => rules,
            Err(Error::NoProgram | Error::ProgramUnusable { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let now_ms = self.now_ms();
        let mut needs = needs(connection, &rules, (open, store), now_ms)?;
        let keeps_customer = spends_rights(connection, &rules, open)?;
        if !keeps_customer {
            let let_go = unpoisoned(&self.shared.let_go);
            needs.retain(|resource, _| match resource {
                LeaseResource::Customer(id) => !let_go.contains(id),
                LeaseResource::CodeUses(_) | LeaseResource::CodeBudget(_) => true,
            });
        }
        let all = ledger::lease::held(connection)?;
        let gives_back = not_needed(&all, (&needs, keeps_customer), now_ms);
        for (resource, need) in &mut needs {
            let held = all.iter().filter(|lease| lease.resource == *resource);
            let kept = held.filter(|lease| gives_back.iter().all(|(id, _)| *id != lease.id));
            need.held = kept.map(ledger::lease::Held::left).sum();
        }
        Ok(Some(Found { needs, gives_back }))
    }

    /// Closes leases that are open still.
    fn give_back(
        &self,
        tx: &Connection,
        leases: &[(Uuid, &'static str)],
        now_ms: i64,
    ) -> Result<(), Error> {
        for lease in ledger::lease::held(tx)? {
            let Some((lease_id, reason)) = leases.iter().find(|(id, _)| *id == lease.id) else {
                continue;
            };
            let closed = LeaseClosed {
                lease_id: *lease_id,
                spent: lease.spent,
                reason: (*reason).to_owned(),
            };
            let wall_ms = self.shared.clock.now_ms();
            let stamp = stamp(&self.shared, tx, wall_ms, now_ms.saturating_sub(wall_ms), 0)?;
            ledger::record::record(tx, &stamp, &Payload::LeaseClosed(closed))?;
            if let (LeaseResource::Customer(id), true) = (&lease.resource, lease.is_recalled) {
                unpoisoned(&self.shared.let_go).insert(*id);
            }
        }
        Ok(())
    }

    fn ask(
        &self,
        tx: &Connection,
        needs: &BTreeMap<LeaseResource, Need>,
    ) -> Result<Vec<LeaseWant>, Error> {
        let wall_ms = self.shared.clock.now_ms();
        let asked = wants(needs).into_iter().map(|(resource, units, urgent)| {
            let new_id = self.shared.random.id(wall_ms);
            Ok(LeaseWant {
                lease_id: ledger::lease::ask(tx, resource, new_id)?,
                resource: resource.clone(),
                units,
                urgent,
            })
        });
        asked.collect()
    }
}

/// What a look at the file came to.
struct Found {
    needs: BTreeMap<LeaseResource, Need>,
    /// Leases that go back, each with the reason.
    gives_back: Vec<(Uuid, &'static str)>,
}

/// What to ask for: units, and whether somebody at the counter waits for them, who goes first.
fn wants(needs: &BTreeMap<LeaseResource, Need>) -> Vec<(&LeaseResource, i64, bool)> {
    let mut wants: Vec<(&LeaseResource, i64, bool)> = needs
        .iter()
        .map(|(resource, need)| (resource, wanted(need), need.at_hand > need.held))
        .filter(|(_, units, _)| *units > 0)
        .collect();
    wants.sort_by_key(|(_, _, urgent)| !urgent);
    wants.truncate(MAX_WANTS);
    wants
}

/// Which leases go back, and why.
fn not_needed(
    all: &[ledger::lease::Held],
    (needs, keeps_customer): (&BTreeMap<LeaseResource, Need>, bool),
    now_ms: i64,
) -> Vec<(Uuid, &'static str)> {
    let kept_from_ms = customers_kept_from(all);
    let told = all.iter().filter(|lease| !lease.is_untold);
    let reasons = told.filter_map(|lease| {
        let need = needs.get(&lease.resource);
        let is_customer = matches!(lease.resource, LeaseResource::Customer(_));
        let held = Held {
            left: lease.left(),
            expires_ms: lease.expires_ms,
            is_needed: need.is_some() || is_customer && lease.expires_ms >= kept_from_ms,
            is_at_hand: need.is_some_and(|need| need.at_hand > 0)
                && (!is_customer || keeps_customer),
            is_recalled: lease.is_recalled,
        };
        Some((lease.id, gives_back(&held, now_ms)?))
    });
    reasons.collect()
}

/// What this till needs of everything that is scarce: listed codes that may be used here today, whatever
/// the open basket has, and the rights of its customer.
fn needs(
    tx: &Connection,
    rules: &Rules,
    (open, store): (&OpenBasket, &str),
    now_ms: i64,
) -> Result<BTreeMap<LeaseResource, Need>, Error> {
    let day = rules.moment(now_ms).local_day();
    let program = &rules.program;
    let subject = subject(tx, open)?;
    let at_hand = program.texts_counted(&open.scanned(), subject);
    let is_usable = |code: &&Code| {
        let stores = &code.restrictions.stores;
        code.active
            && code.valid_from.is_none_or(|from| from <= day)
            && code.valid_until.is_none_or(|until| day <= until)
            && (stores.is_empty() || stores.contains(store))
    };
    let is_limited = |code: &&Code| code.limits.total.is_some() || code.limits.budget.is_some();
    let since_ms = now_ms.saturating_sub(KEEP_DAYS * DAY_MS);
    let recent = ledger::code_use::recent(tx, since_ms)?;
    let recent_of = |text: &CodeText| recent.get(text).copied().unwrap_or_default();
    let mut needs = BTreeMap::new();
    for code in program.codes.iter().filter(is_limited).filter(is_usable) {
        let is_at_hand = at_hand.contains(&code.text);
        let used = Used {
            recent: recent_of(&code.text),
            is_at_hand,
        };
        needs.extend(needs_of(tx, (code, &code.text), used, now_ms)?);
    }
    for text in &at_hand {
        if let Some(code) = program.code(text).filter(is_limited) {
            let used = Used {
                recent: recent_of(text),
                is_at_hand: true,
            };
            needs.extend(needs_of(tx, (code, text), used, now_ms)?);
        }
    }
    if open.customer.is_some() && are_customers_scarce(rules) {
        // Whoever has the customer at the counter needs the right more than anybody.
        let need = Need {
            one_sale: 1,
            at_hand: 1,
            ..Need::default()
        };
        needs.insert(LeaseResource::Customer(subject), need);
    }
    Ok(needs)
}

/// How a code is used here.
#[derive(Clone, Copy)]
struct Used {
    /// Uses of the last days, and what they took off, minor units.
    recent: (i64, i64),
    /// Whether the open basket has it.
    is_at_hand: bool,
}

/// What this till needs of one code's uses and budget, as far as they are not used up.
fn needs_of(
    tx: &Connection,
    (code, text): (&Code, &CodeText),
    here: Used,
    now_ms: i64,
) -> Result<Vec<(LeaseResource, Need)>, Error> {
    let known = ledger::code_use::shown(tx, text)?;
    let (uses, discount) = here.recent;
    let mut needs = Vec::new();
    for (resource, limit) in Resource::of_code(text, &code.limits) {
        let (all, recent, one_sale) = match &resource {
            Resource::Budget(_) => (known.discount, discount, one_sale(code, limit)),
            Resource::Uses(_) | Resource::Customer(_) => (known.total, uses, 1),
        };
        let resource = LeaseResource::from(&resource);
        // What is used up has nothing to grant; what is held of it stays needed.
        if all >= limit && ledger::lease::left(tx, &resource)? == 0 {
            continue;
        }
        let at_hand = if here.is_at_hand { one_sale } else { 0 };
        // What was needed more elsewhere is asked for when somebody here needs it.
        let yesterday_ms = now_ms.saturating_sub(DAY_MS);
        let is_elsewhere = ledger::lease::was_recalled(tx, &resource, yesterday_ms)?;
        let need = Need {
            recent: if is_elsewhere { 0 } else { recent },
            one_sale: if is_elsewhere { at_hand } else { one_sale },
            at_hand,
            held: 0,
        };
        needs.push((resource, need));
    }
    Ok(needs)
}

/// Whether the open basket spends what only one till may decide on for its customer.
fn spends_rights(tx: &Connection, rules: &Rules, open: &OpenBasket) -> Result<bool, Error> {
    let counted = (rules.program).texts_counted(&open.scanned(), subject(tx, open)?);
    let mut codes = counted.iter().filter_map(|text| rules.program.code(text));
    Ok(open.points > 0 || !open.rewards.is_empty() || codes.any(limits_each_customer))
}

/// The expiry, milliseconds since the epoch, from which on the rights of customers are kept.
fn customers_kept_from(all: &[ledger::lease::Held]) -> i64 {
    let is_customer =
        |lease: &&ledger::lease::Held| matches!(lease.resource, LeaseResource::Customer(_));
    let mut expiries: Vec<i64> = all
        .iter()
        .filter(is_customer)
        .map(|it| it.expires_ms)
        .collect();
    expiries.sort_unstable_by(|one, other| other.cmp(one));
    expiries.get(MAX_CUSTOMERS - 1).copied().unwrap_or(i64::MIN)
}

/// What one sale takes of a budget of `limit`: the most that the code takes off.
fn one_sale(code: &Code, limit: i64) -> i64 {
    let part = (limit / BUDGET_PART).max(1);
    let most = code.max_discount.map(Amount::minor);
    match code.benefit {
        Benefit::Fixed(amount) => amount.minor(),
        _ => most.unwrap_or(part),
    }
    .clamp(1, limit.max(1))
}
