//! What an owner looks at: entries that were accepted although a limit was passed, units had come back
//! already, or a clock was wrong.

use chrono::{Days, NaiveDate, NaiveDateTime};
use chrono_tz::Tz;
use mostrador_protocol::entry::{Decoded, Payload, UndoneAt};
use uuid::Uuid;

use crate::Error;
use crate::ingest::exception::{Exception, ExceptionCode};
use crate::ingest::{ExceptionEntry, ExceptionRequest};
use crate::rules::Rules;
use crate::store::Store;

/// Entries that are in memory at once.
const PAGE: u32 = 500;

/// One exception with what its entry says of where it happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExceptionLine {
    /// Which till.
    pub terminal: Uuid,
    /// When the server got it, milliseconds since the epoch.
    pub received_ms: i64,
    /// Where and by whom, where the entry says so.
    pub scene: Option<Scene>,
    /// What happened.
    pub code: ExceptionCode,
    /// To what.
    pub subject: String,
    /// How much, in the unit of its code.
    pub amount: i64,
    /// What a person reads.
    pub said: String,
}

/// Where an entry was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scene {
    /// Slug of the store.
    pub store: String,
    /// Who was at work.
    pub cashier: Uuid,
    /// The printed number; none where nothing has one.
    pub receipt: Option<String>,
    /// The store's wall clock.
    pub local_time: NaiveDateTime,
    /// ISO 4217, of a sale.
    pub currency: Option<String>,
}

/// Which exceptions to tell: the days, in the company's zone, on which the server got them; all without.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Period {
    /// The first day.
    pub from: Option<NaiveDate>,
    /// The last day, inside.
    pub to: Option<NaiveDate>,
}

/// Tells every exception of the period in the order in which they came, a page in memory at a time.
///
/// # Errors
/// What the store says.
pub async fn exceptions<S: Store>(
    store: &S,
    (tenant, period): (&str, Period),
    mut each: impl FnMut(ExceptionLine),
) -> Result<(), Error> {
    let zone = store.program(tenant).await?.map(|program| program.zone());
    let start_of = |day| Rules::start_in(zone.unwrap_or(Tz::UTC), day);
    let after = |day: NaiveDate| day.checked_add_days(Days::new(1));
    let mut asked = ExceptionRequest {
        tenant: tenant.to_owned(),
        from_ms: period.from.map_or(i64::MIN, start_of),
        until_ms: period.to.and_then(after).map_or(i64::MAX, start_of),
        after: None,
        limit: PAGE,
    };
    loop {
        let page = store.exceptions(asked.clone()).await?;
        asked.after = page.last().map(ExceptionEntry::place);
        if asked.after.is_none() {
            return Ok(());
        }
        page.iter().flat_map(lines).for_each(&mut each);
    }
}

/// The exceptions of an entry; of several about one thing one, with all that was said.
pub fn lines(entry: &ExceptionEntry) -> Vec<ExceptionLine> {
    let scene = scene_of(entry);
    let mut lines: Vec<ExceptionLine> = Vec::new();
    for Exception {
        code,
        subject,
        amount,
        said,
    } in &entry.exceptions
    {
        let mut known = lines.iter_mut();
        if let Some(line) = known.find(|line| line.code == *code && line.subject == *subject) {
            line.amount = line.amount.max(*amount);
            line.said = format!("{}; {said}", line.said);
            continue;
        }
        lines.push(ExceptionLine {
            terminal: entry.terminal,
            received_ms: entry.received_ms,
            scene: scene.clone(),
            code: *code,
            subject: subject.clone(),
            amount: *amount,
            said: said.clone(),
        });
    }
    lines
}

fn scene_of(entry: &ExceptionEntry) -> Option<Scene> {
    let header = entry.raw.header().ok()?;
    let Decoded::Known(payload) = entry.raw.payload(&header).ok()? else {
        return None;
    };
    let undone = |at: &UndoneAt, currency: &str| Scene {
        store: at.store.clone(),
        cashier: at.cashier_id,
        receipt: Some(at.receipt.clone()),
        local_time: at.local_time,
        currency: Some(currency.to_owned()),
    };
    match &payload {
        Payload::SaleCompleted(sale) => Some(Scene {
            store: sale.store.clone(),
            cashier: sale.cashier_id,
            receipt: Some(sale.receipt.clone()),
            local_time: sale.local_time,
            currency: Some(sale.currency.clone()),
        }),
        Payload::SaleRefunded(refund) => Some(undone(&refund.at, &refund.currency)),
        Payload::SaleVoided(void) => Some(undone(&void.at, &void.currency)),
        Payload::RewardRedeemed(redeemed) => Some(Scene {
            store: redeemed.store.clone(),
            cashier: redeemed.cashier_id,
            receipt: None,
            local_time: redeemed.local_time,
            currency: None,
        }),
        _ => None,
    }
}
