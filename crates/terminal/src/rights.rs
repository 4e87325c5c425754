//! Rights to what is scarce: what a quote may count on, and what a sale spends. [`crate::keep_rights`] asks
//! for them ahead, [`crate::ask_rights`] while somebody waits.

use chrono::NaiveDate;
use mostrador_ledger as ledger;
use mostrador_ledger::Connection;
use mostrador_loyalty::code::{Code, CodeText, Offline};
use mostrador_loyalty::customer::{Right, Usage};
use mostrador_loyalty::lease::Resource;
use mostrador_loyalty::money::Amount;
use mostrador_loyalty::quote::Quote;
use mostrador_protocol::entry::{ApprovalGiven, SaleCode, SaleCompleted};
use mostrador_protocol::lease::{LeaseResource, LeaseSpend, OverLimit};
use uuid::Uuid;

use crate::Error;
use crate::rules::Rules;

/// What is to be counted.
#[derive(Clone, Copy)]
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

/// How many points of a customer this till may spend now; none: as many as there are. A till that does not
/// hold the customer's rights spends what the program allows without the server, less what it spent so
/// already that the server has not heard of.
pub(crate) fn points_at_most(
    connection: &Connection,
    rules: &Rules,
    customer: Uuid,
) -> Result<Option<i64>, Error> {
    if !are_shared_out(connection)? || ledger::lease::holds_customer(connection, customer)? {
        return Ok(None);
    }
    let Some(allowed) = offline_points(rules) else {
        return Ok(None);
    };
    let at_risk = ledger::lease::points_at_risk(connection, customer)?;
    Ok(Some(allowed.saturating_sub(at_risk).max(0)))
}

/// Whether a code is limited for each customer and says what a till does that cannot know what the customer
/// used elsewhere.
pub(crate) fn limits_each_customer(code: &Code) -> bool {
    let is_limited = code.limits.per_customer.is_some() || code.restrictions.first_purchase_only;
    is_limited && code.offline != Offline::Unsaid
}

/// Whether there is something that only one till may decide on for a customer.
pub(crate) fn are_customers_scarce(rules: &Rules) -> bool {
    offline_points(rules).is_some() || rules.program.codes.iter().any(limits_each_customer)
}

/// What the program allows a till to spend of a customer's points without the right; none: as many as
/// there are.
fn offline_points(rules: &Rules) -> Option<i64> {
    rules.document.points.as_ref()?.offline_points
}

/// What the till may use; none where what is known of uses decides alone.
fn right(
    connection: &Connection,
    counted: &Counted<'_>,
    (text, code): (&CodeText, &Code),
) -> Result<Option<Right>, Error> {
    let held = held(connection, (text, code), counted.customer)?;
    let is_approved = counted.approved.contains(text);
    let is_let_by = code.offline.lets_by(counted.store, is_approved);
    Ok(held.filter(|held| !is_let_by || is_enough(*held)))
}

fn is_enough(held: Right) -> bool {
    held.uses != Some(0) && held.budget != Some(Amount::ZERO) && held.customer != Some(false)
}

/// What is held of a code; none where nothing of it is shared out.
fn held(
    connection: &Connection,
    (text, code): (&CodeText, &Code),
    customer: Option<Uuid>,
) -> Result<Option<Right>, Error> {
    let mut right = Right::default();
    for (resource, _) in Resource::of_code(text, &code.limits) {
        let left = ledger::lease::left(connection, &LeaseResource::from(&resource))?;
        match resource {
            Resource::Uses(_) => right.uses = Some(u64::try_from(left).unwrap_or(0)),
            Resource::Budget(_) => right.budget = Some(Amount::clamped(left.into())),
            Resource::Customer(_) => {}
        }
    }
    if let Some(customer) = customer.filter(|_| limits_each_customer(code)) {
        right.customer = Some(ledger::lease::holds_customer(connection, customer)?);
    }
    Ok((right != Right::default()).then_some(right))
}

/// The approved codes that take more off than a manager may allow.
pub(crate) fn beyond_approval(
    rules: &Rules,
    quote: &Quote,
    approved: &[CodeText],
) -> Vec<CodeText> {
    let accepted = quote.accepted.iter();
    let beyond = accepted.filter(|accepted| {
        let code = rules.program.code(&accepted.text);
        let most = code.and_then(|code| match code.offline {
            Offline::Approval { most } => most,
            _ => None,
        });
        approved.contains(&accepted.text) && most.is_some_and(|most| accepted.amount > most)
    });
    let texts = beyond.flat_map(|accepted| [Some(accepted.text.clone()), accepted.parent.clone()]);
    texts.flatten().collect()
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
    let of_customer = match sale.customer_id {
        Some(customer) => ledger::lease::of_customer(tx, customer)?,
        None => None,
    };
    let spends_points = sale.points_redeemed.is_some() || !sale.rewards.is_empty();
    let mut decides_on_customer = spends_points;
    let mut spends: Vec<LeaseSpend> = Vec::new();
    for code in sale.codes.iter_mut().filter(|code| code.consumed) {
        let mut is_covered = true;
        let mut offline = Offline::Unsaid;
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
            if limits_each_customer(known) && sale.customer_id.is_some() {
                decides_on_customer = true;
                is_covered &= of_customer.is_some();
            }
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
            approval_id: approval_of(approvals, code.scanned()).map(|it| it.approval_id),
        });
    }
    if let Some(lease_id) = of_customer.filter(|_| decides_on_customer) {
        spends.push(LeaseSpend { lease_id, units: 0 });
    }
    sale.leases = spends;
    Ok(())
}

/// The manager's yes to a code.
pub(crate) fn approval_of<'a>(
    approvals: &'a [ApprovalGiven],
    code: &str,
) -> Option<&'a ApprovalGiven> {
    let mut approvals = approvals.iter();
    approvals.find(|approval| approval.subject.as_deref() == Some(code))
}

/// What one use takes of a resource.
fn units_of(resource: &Resource, code: &SaleCode) -> i64 {
    match resource {
        Resource::Budget(_) => code.amount,
        Resource::Uses(_) | Resource::Customer(_) => 1,
    }
}
