//! Rights to codes whose limits are shared out to tills: what a quote may count on, and what a sale
//! spends. [`crate::keep_rights`] asks for them ahead.

use chrono::NaiveDate;
use mostrador_ledger as ledger;
use mostrador_ledger::Connection;
use mostrador_loyalty::code::{Code, CodeText, Limits, Offline};
use mostrador_loyalty::customer::{Right, Usage};
use mostrador_loyalty::lease::Resource;
use mostrador_loyalty::money::Amount;
use mostrador_protocol::entry::{ApprovalGiven, SaleCode, SaleCompleted};
use mostrador_protocol::lease::{LeaseResource, LeaseSpend, OverLimit};
use uuid::Uuid;

use crate::Error;
use crate::rules::Rules;

/// What is to be counted.
pub(crate) struct Counted<'a> {
    pub(crate) rules: &'a Rules,
    /// Where.
    pub(crate) store: &'a str,
    pub(crate) codes: &'a [CodeText],
    pub(crate) customer: Option<Uuid>,
    pub(crate) day: NaiveDate,
    /// The codes of `codes` that a manager allowed.
    pub(crate) approved: &'a [CodeText],
}

/// What was used before of the codes, with what this till holds of those that are shared out.
pub(crate) fn usage(connection: &Connection, counted: &Counted<'_>) -> Result<Usage, Error> {
    let Counted {
        codes,
        customer,
        day,
        ..
    } = *counted;
    let mut usage = ledger::code_use::usage(connection, codes, customer, day)?;
    if !are_shared_out(connection)? {
        return Ok(usage);
    }
    for text in codes {
        if let Some(code) = counted.rules.program.code(text)
            && let Some(right) = right(connection, counted, (text, code))?
        {
            usage.codes.entry(text.clone()).or_default().right = Some(right);
        }
    }
    Ok(usage)
}

/// Whether the server of this till grants leases. Before it said so, what is known of uses decides.
pub(crate) fn are_shared_out(connection: &Connection) -> Result<bool, Error> {
    let setting = ledger::setting::get(connection, mostrador_sync::LEASES_SETTING)?;
    Ok(setting.is_some())
}

/// What the till may use; none where what is known of uses decides alone.
fn right(
    connection: &Connection,
    counted: &Counted<'_>,
    (text, code): (&CodeText, &Code),
) -> Result<Option<Right>, Error> {
    let held = held(connection, text, &code.limits)?;
    let is_approved = counted.approved.contains(text);
    if !code.offline.lets_by(counted.store, is_approved) || held.is_none_or(|held| is_enough(held))
    {
        return Ok(held);
    }
    Ok(None)
}

fn is_enough(held: Right) -> bool {
    held.uses != Some(0) && held.budget != Some(Amount::ZERO)
}

/// What is held of a code; none where nothing of it is shared out.
fn held(connection: &Connection, text: &CodeText, limits: &Limits) -> Result<Option<Right>, Error> {
    let mut right = Right::default();
    for (resource, _) in Resource::of_code(text, limits) {
        let left = ledger::lease::left(connection, &LeaseResource::from(&resource))?;
        match resource {
            Resource::Uses(_) => right.uses = Some(u64::try_from(left).unwrap_or(0)),
            Resource::Budget(_) => right.budget = Some(Amount::clamped(left.into())),
            Resource::Customer(_) => {}
        }
    }
    Ok((right != Right::default()).then_some(right))
}

/// Makes the sale name the leases that it spends, and the codes that it uses beyond them by their own
/// rule. In the sale's transaction, after it was priced there.
pub(crate) fn spend(
    tx: &Connection,
    rules: &Rules,
    (sale, approvals): (&mut SaleCompleted, &[ApprovalGiven]),
) -> Result<(), Error> {
    if !are_shared_out(tx)? {
        return Ok(());
    }
    let mut spends: Vec<LeaseSpend> = Vec::new();
    for code in sale.codes.iter_mut().filter(|code| code.consumed) {
        let scanned = code.scanned().to_owned();
        let mut is_covered = true;
        let mut offline = Offline::Block;
        let texts = [Some(code.text.clone()), code.parent.clone()];
        for text in texts
            .iter()
            .flatten()
            .filter_map(|text| CodeText::parse(text))
        {
            let Some(known) = rules.program.code(&text) else {
                continue;
            };
            offline = known.offline.clone();
            for (resource, _) in Resource::of_code(&text, &known.limits) {
                let units = units_of(&resource, code);
                let resource = LeaseResource::from(&resource);
                let planned = ledger::lease::plan_spend(tx, &resource, units)?;
                let covered: i64 = planned.iter().map(|spend| spend.units).sum();
                is_covered &= covered >= units;
                spends.extend(planned);
            }
        }
        code.over_limit = (!is_covered).then(|| OverLimit {
            policy: offline.word().to_owned(),
            approval_id: approvals
                .iter()
                .find(|approval| approval.subject.as_deref() == Some(scanned.as_str()))
                .map(|approval| approval.approval_id),
        });
    }
    sale.leases = spends;
    Ok(())
}

/// What one use takes of a resource.
fn units_of(resource: &Resource, code: &SaleCode) -> i64 {
    match resource {
        Resource::Budget(_) => code.amount,
        Resource::Uses(_) | Resource::Customer(_) => 1,
    }
}
