//! The till process of a replay: its store's baskets in the order of their time, then what the
//! conductor orders.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufReader, Stdin, Stdout};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use mostrador_ledger as ledger;
use mostrador_loyalty::account::{Account, CodeTally};
use mostrador_loyalty::code::CodeText;
use mostrador_protocol::account::AccountDocument;
use mostrador_protocol::entry::{Decoded, Payload, SaleCompleted};
use mostrador_protocol::row::CodeUseRow;
use mostrador_sync::Phase;
use mostrador_sync::transport::Http;
use mostrador_terminal::{KeySource, SaleRequest, SaleRequestLine, Till, TillOptions};
use rust_decimal::Decimal;

use super::data::{self, Basket};
use super::program;
use super::wire::{self, Event, Figures, Order, Report};
use crate::deadline::Deadline;

/// How long anything that needs the network may take, cut cables included.
const PATIENCE: Duration = Duration::from_mins(9);

/// How many baskets are sold between two words to the conductor.
const WORD_EVERY: usize = 16;

/// Why a till process ends early.
pub type Failure = Box<dyn std::error::Error>;

/// What a till process is for.
#[derive(Debug)]
pub struct Job {
    /// The folder of the data.
    pub folder: PathBuf,
    /// Its store.
    pub store: String,
    /// Its data folder.
    pub data: PathBuf,
    /// Where the server is, through its cable.
    pub server: String,
    /// Its one-time code, when it is not enrolled yet.
    pub enrol_code: Option<String>,
}

/// The pipes to the conductor.
struct Pipes {
    orders: BufReader<Stdin>,
    words: Stdout,
}

impl Pipes {
    fn say(&mut self, event: &Event) -> io::Result<()> {
        wire::say(&mut self.words, event)
    }
}

/// Runs the process to its end.
///
/// # Errors
/// The first thing that cannot be done; the conductor sees the process end.
pub fn run(job: &Job) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    let _inside = runtime.enter();
    let mut dataset = data::read(&job.folder)?;
    dataset.baskets.retain(|basket| basket.store == job.store);
    let till = Till::open(TillOptions {
        key_source: KeySource::File,
        transport: Some(Arc::new(Http::new(&job.server)?)),
        ..TillOptions::new(&job.data)
    })?;
    runtime.block_on(join(&till, job))?;

    let mut pipes = Pipes {
        orders: BufReader::new(io::stdin()),
        words: io::stdout(),
    };
    sell(&till, &dataset.baskets, &mut pipes)?;
    while let Some(order) = wire::hear(&mut pipes.orders)? {
        match order {
            Order::Drain => {
                runtime.block_on(wait(
                    &till,
                    "the server to hold every entry",
                    |connection| Ok(ledger::outbox::waiting(connection)? == 0),
                ))?;
                pipes.say(&Event::Drained)?;
            }
            Order::Settle { position } => {
                runtime.block_on(wait(&till, "the end of the feed", |connection| {
                    Ok(ledger::replica::cursor(connection)? >= position)
                }))?;
                pipes.say(&Event::Settled)?;
            }
            Order::Report => {
                pipes.say(&Event::Report(Box::new(report(
                    &till,
                    &dataset.households,
                )?)))?;
                runtime.block_on(till.stop_sync());
                return Ok(());
            }
        }
    }
    Ok(())
}

/// Enrols once and waits once for everything of the store; a till that was killed goes on with what
/// it has.
async fn join(till: &Till, job: &Job) -> Result<(), Failure> {
    match &job.enrol_code {
        Some(code) if !till.view().enrolled => {
            till.enrol(&job.server, code).await?;
        }
        _ => till.start_sync()?,
    }
    let marker = job.data.join("enrolled");
    if !marker.exists() {
        let mut state = till.sync_changes();
        let caught_up = state.wait_for(|state| state.phase == Phase::UpToDate);
        tokio::time::timeout(PATIENCE, caught_up).await??;
        std::fs::write(marker, "")?;
    }
    Ok(())
}

fn sell(till: &Till, baskets: &[Basket], pipes: &mut Pipes) -> Result<(), Failure> {
    let already = till.ledger().read(|connection| {
        let mut sold = 0;
        for basket in baskets {
            sold += u64::from(ledger::sale::is_sold(connection, &basket.id)?);
        }
        Ok::<_, ledger::Error>(sold)
    })?;
    pipes.say(&Event::Opened { sold: already })?;
    let mut sold = already;
    for (number, basket) in baskets.iter().enumerate() {
        sold += u64::from(!till.sell(&request(basket))?.repeated);
        if number % WORD_EVERY == 0 {
            pipes.say(&Event::Progress { sold })?;
        }
    }
    pipes.say(&Event::Progress { sold })?;
    pipes.say(&Event::SoldAll)?;
    Ok(())
}

fn request(basket: &Basket) -> SaleRequest {
    let lines = basket.lines.iter().map(|line| SaleRequestLine {
        product: line.product.clone(),
        quantity: Decimal::ONE,
        unit_price: Some(line.paid_cents),
    });
    SaleRequest {
        reference: basket.id.clone(),
        at_ms: basket.time.and_utc().timestamp_millis(),
        cashier: None,
        customer: Some(program::customer_id(basket.household)),
        lines: lines.collect(),
        codes: basket.coupons.clone(),
    }
}

/// Asks the till's file again and again, and the server with it.
async fn wait(
    till: &Till,
    what: &str,
    done: impl Fn(&rusqlite::Connection) -> Result<bool, ledger::Error>,
) -> Result<(), Failure> {
    let deadline = Deadline::after(PATIENCE);
    let mut tries = 0_u32;
    while !till.ledger().read(&done)? {
        // A till that backs off after the last cut would try by itself, later.
        if tries.is_multiple_of(100) {
            till.sync_now()?;
        }
        tries += 1;
        deadline.pause_async(what).await?;
    }
    Ok(())
}

fn report(till: &Till, households: &BTreeSet<u32>) -> Result<Report, ledger::Error> {
    till.ledger().read(|connection| {
        let head = ledger::stream::head(connection)?;
        let Some(head) = head else {
            return Ok(Report::default());
        };
        let mut report = Report {
            stream: head.stream,
            entries: head.seq,
            head: Some(head.hash),
            ..Report::default()
        };
        ledger::stream::verify(connection, head.stream)?;
        ledger::entry::walk(connection, head.stream, |_, entry, _| {
            let payload = entry.header().and_then(|header| entry.payload(&header));
            if let Ok(Decoded::Known(Payload::SaleCompleted(sale))) = payload {
                report.figures.count(&sale);
            }
            Ok(())
        })?;
        report.accounts = accounts(connection, households)?;
        report.codes = codes(connection)?;
        Ok(report)
    })
}

fn accounts(
    connection: &rusqlite::Connection,
    households: &BTreeSet<u32>,
) -> Result<BTreeMap<uuid::Uuid, AccountDocument>, ledger::Error> {
    let mut accounts = BTreeMap::new();
    for id in households.iter().copied().map(program::customer_id) {
        let account = ledger::account::shown(connection, id)?;
        if account != Account::default() {
            accounts.insert(id, AccountDocument::from(&account));
        }
    }
    Ok(accounts)
}

fn codes(connection: &rusqlite::Connection) -> Result<BTreeMap<String, CodeUseRow>, ledger::Error> {
    let mut codes = BTreeMap::new();
    let program = ledger::program::current(connection)?;
    let texts = program.into_iter().flat_map(|program| program.codes);
    for code in texts.filter_map(|code| CodeText::parse(&code.text)) {
        let tally = ledger::code_use::shown(connection, &code)?;
        if tally != CodeTally::default() {
            codes.insert(code.as_str().to_owned(), CodeUseRow::new(&code, &tally));
        }
    }
    Ok(codes)
}

impl Figures {
    /// Counts one sale.
    fn count(&mut self, sale: &SaleCompleted) {
        self.sales += 1;
        self.lines += sale.lines.len() as u64;
        self.coupons_applied += sale.codes.len() as u64;
        for refused in &sale.refused {
            *self.refusals.entry(refused.refusal.clone()).or_default() += 1;
        }
        self.gross += sale.gross;
        self.discount += sale.discount;
        self.points += sale.points.as_ref().map_or(0, |points| points.earned);
    }
}
