//! A day at the counter without a window: a real server, two real tills, a cable that is pulled.
//!
//! What is printed comes from the tills: sentences, receipts and ledgers are the ones a cashier would
//! see. The story only decides who does what.

mod narrator;
mod plot;

use std::io::Write;
use std::path::PathBuf;

use mostrador_ledger as ledger;
use mostrador_protocol::entry::{Decoded, EntryHash, Payload};
use mostrador_server::Store as _;
use mostrador_terminal::Till;
use mostrador_terminal::view::{
    CounterView, Language, ReceiptView, SyncState, TenderInput, TypedTender,
};
use mostrador_terminal::words::Money;

use self::narrator::Narrator;
use self::plot::Plot;
use crate::Error;
use crate::proxy::Proxy;
use crate::shop::{Crowd, LIVEX, Shop, until};

/// Which day.
#[derive(Debug, Clone)]
pub struct Day {
    /// Folder with the demo companies.
    pub fixtures: PathBuf,
    /// The language of tills and story.
    pub language: Language,
}

/// A till on stage.
#[derive(Debug)]
struct Counter {
    name: &'static str,
    till: Till,
    cable: Proxy,
}

/// Tells the day to `out`.
///
/// # Errors
/// When anything goes other than the story says.
pub async fn run(day: &Day, out: &mut impl Write) -> Result<(), Error> {
    let folder = tempfile::TempDir::new()?;
    let plot = Plot::of(day.language);
    let mut tell = Narrator::new(out);
    tell.title(plot.title)?;

    tell.chapter(plot.opening)?;
    let shop = Shop::open_from(&day.fixtures, folder.path(), LIVEX, Crowd::All)?;
    let counts = shop.store()?.counts(shop.tenant()).await?;
    tell.line(&plot.opened(&shop.url(), counts.customers, counts.products))?;
    let cartagena = counter(&shop, "cartagena", "Caja 1", day.language).await?;
    let bogota = counter(&shop, "bogota", "Caja 2", day.language).await?;
    for counter in [&cartagena, &bogota] {
        let view = counter.till.view();
        let who = view.session.map(|session| session.name).unwrap_or_default();
        tell.line(&plot.enrolled(counter.name, &view.store_name, &who))?;
    }

    let ana = stacked(&mut tell, &plot, &cartagena)?;
    best_set(&mut tell, &plot, &bogota)?;
    refused(&mut tell, &plot, &cartagena)?;
    shop.agree(&[&cartagena.till, &bogota.till]).await?;
    offline(&mut tell, &plot, (&cartagena, &bogota), &ana).await?;
    back_online(&mut tell, &plot, &shop, (&cartagena, &bogota), &ana).await?;
    books(&mut tell, &plot, &shop, &[&cartagena, &bogota]).await?;
    for counter in [cartagena, bogota] {
        counter.till.stop_sync().await;
    }
    Ok(())
}

async fn counter(
    shop: &Shop,
    store: &str,
    name: &'static str,
    language: Language,
) -> Result<Counter, Error> {
    let cable = Proxy::start(shop.address()).await?;
    let till = shop.till(store, name, &cable.url()).await?;
    till.set_language(language)?;
    let pins = till.view().demo_pins;
    let cashier = pins.iter().find(|person| person.role == "cashier");
    let cashier = cashier.ok_or(mostrador_terminal::Error::NoStaff)?;
    till.unlock(&cashier.pin)?;
    Ok(Counter { name, till, cable })
}

/// A customer found without accents, two codes that stack and one that counts for its agent.
fn stacked(tell: &mut Narrator<'_>, plot: &Plot, at: &Counter) -> Result<String, Error> {
    tell.chapter(plot.stacked)?;
    let customer = find(tell, plot, at, "ana maria")?;
    let counter = at.till.set_customer(&customer)?;
    let card = counter.customer.as_ref();
    tell.does(
        at.name,
        &plot.identified(card.map_or("", |card| &card.name)),
    )?;
    let counter = at.till.add_product("catamaran-compartido", "2")?;
    tell.does(at.name, &plot.adds(&lines(&counter)))?;
    let mut counter = counter;
    for code in ["verano-10", "first 5", "carlosvip"] {
        tell.does(at.name, &plot.scans(code))?;
        counter = at.till.apply_code(code)?;
        tell_codes(tell, at, &counter)?;
    }
    pay(tell, plot, at, &counter)?;
    Ok(customer)
}

/// A code that cannot join, and the set that is better.
fn best_set(tell: &mut Narrator<'_>, plot: &Plot, at: &Counter) -> Result<(), Error> {
    tell.chapter(plot.best_set)?;
    let counter = at.till.add_product("buceo-dos-tanques", "1")?;
    tell.does(at.name, &plot.adds(&lines(&counter)))?;
    for code in ["VERANO10", "VERANO2025A"] {
        tell.does(at.name, &plot.scans(code))?;
        at.till.apply_code(code)?;
    }
    let counter = at.till.counter()?;
    tell_codes(tell, at, &counter)?;
    tell.does(at.name, plot.takes_best)?;
    let counter = at.till.use_best_set()?;
    tell_codes(tell, at, &counter)?;
    pay(tell, plot, at, &counter)
}

/// A minimum that is not met, until it is.
fn refused(tell: &mut Narrator<'_>, plot: &Plot, at: &Counter) -> Result<(), Error> {
    tell.chapter(plot.minimum)?;
    at.till.add_amount(3_800_000, plot.souvenir)?;
    tell.does(at.name, &plot.scans("extra10"))?;
    let counter = at.till.apply_code("extra10")?;
    tell_codes(tell, at, &counter)?;
    let counter = at.till.add_product("museo-oro-guia", "1")?;
    tell.does(at.name, &plot.adds(&lines(&counter)))?;
    tell_codes(tell, at, &counter)?;
    pay(tell, plot, at, &counter)
}

/// One till sells without a connection; the other one cannot know.
async fn offline(
    tell: &mut Narrator<'_>,
    plot: &Plot,
    (cartagena, bogota): (&Counter, &Counter),
    ana: &str,
) -> Result<(), Error> {
    tell.chapter(plot.offline)?;
    bogota.cable.cut();
    tell.line(plot.cut)?;
    strip(tell, bogota, SyncState::Offline).await?;
    let counter = bogota.till.set_customer(ana)?;
    let card = counter.customer.as_ref();
    tell.does(
        bogota.name,
        &plot.identified(card.map_or("", |card| &card.name)),
    )?;
    let counter = bogota.till.add_product("cata-cafe", "2")?;
    tell.does(bogota.name, &plot.adds(&lines(&counter)))?;
    tell.does(bogota.name, &plot.scans("first5"))?;
    let counter = bogota.till.apply_code("first5")?;
    tell_codes(tell, bogota, &counter)?;
    pay(tell, plot, bogota, &counter)?;
    strip(tell, bogota, SyncState::Offline).await?;

    let counter = cartagena.till.set_customer(ana)?;
    tell_balance(tell, plot, cartagena, &counter)?;
    cartagena.till.clear_basket()?;
    Ok(())
}

/// Asks for a try, waits for what the strip comes to say, and tells it.
async fn strip(tell: &mut Narrator<'_>, at: &Counter, wanted: SyncState) -> Result<(), Error> {
    at.till.sync_now()?;
    until("the strip to change", || {
        at.till.sync_view().is_ok_and(|view| view.state == wanted)
    })
    .await?;
    tell.strip(at.name, &at.till.sync_view()?.sentence)
}

async fn back_online(
    tell: &mut Narrator<'_>,
    plot: &Plot,
    shop: &Shop,
    (cartagena, bogota): (&Counter, &Counter),
    ana: &str,
) -> Result<(), Error> {
    tell.chapter(plot.back)?;
    bogota.cable.restore();
    shop.agree(&[&cartagena.till, &bogota.till]).await?;
    for counter in [cartagena, bogota] {
        strip(tell, counter, SyncState::UpToDate).await?;
        let shown = counter.till.set_customer(ana)?;
        tell_balance(tell, plot, counter, &shown)?;
        counter.till.clear_basket()?;
    }
    Ok(())
}

/// The ledgers of both tills beside what the server holds.
async fn books(
    tell: &mut Narrator<'_>,
    plot: &Plot,
    shop: &Shop,
    counters: &[&Counter],
) -> Result<(), Error> {
    tell.chapter(plot.books)?;
    let heads = shop.store()?.streams(shop.tenant()).await?;
    for counter in counters {
        let head = counter
            .till
            .ledger()
            .read(ledger::stream::head)?
            .ok_or(mostrador_terminal::Error::NotEnrolled)?;
        tell.heading(&plot.ledger_of(counter.name))?;
        let mut rows = Vec::new();
        counter.till.ledger().read(|connection| {
            for seq in 1..=head.seq {
                let raw = ledger::entry::at(connection, head.stream, seq)?;
                let Some(raw) = raw else { continue };
                rows.push((seq, raw));
            }
            Ok::<_, ledger::Error>(())
        })?;
        for (seq, raw) in rows {
            let Ok(header) = raw.header() else { continue };
            let detail = match raw.payload(&header) {
                Ok(Decoded::Known(Payload::SaleCompleted(sale))) => format!(
                    "{:<10} {:>14}  {}",
                    sale.receipt,
                    money(counter, sale.total),
                    sale.codes
                        .iter()
                        .map(|code| code.text.as_str())
                        .collect::<Vec<_>>()
                        .join(" + ")
                ),
                _ => String::new(),
            };
            tell.line(&format!("{seq:>3}  {:<15} {detail}", header.kind))?;
        }
        let server = heads.iter().find(|held| held.stream == head.stream);
        let same = server.is_some_and(|held| (held.seq, held.hash) == (head.seq, head.hash));
        let server_hash = server.map_or(EntryHash::ZERO, |held| held.hash);
        tell.line(&plot.hashes(&short(&head.hash), &short(&server_hash), same))?;
    }
    let accounts = shop.store()?.accounts(shop.tenant()).await?;
    tell.line(&plot.end(accounts.len()))
}

fn find(tell: &mut Narrator<'_>, plot: &Plot, at: &Counter, typed: &str) -> Result<String, Error> {
    use mostrador_terminal::view::BoxReading;
    let hits = match at.till.read_box(typed)? {
        BoxReading::Customers { hits, .. } => hits,
        BoxReading::Mixed { customers, .. } => customers,
        _ => Vec::new(),
    };
    tell.does(at.name, &plot.types(typed))?;
    for hit in hits.iter().take(3) {
        let phone = hit.phone_last4.as_deref().unwrap_or("----");
        tell.answer(&format!("{}  ···{phone}", hit.name))?;
    }
    let first = hits
        .first()
        .ok_or(mostrador_terminal::Error::UnknownCustomer)?;
    Ok(first.id.clone())
}

fn tell_codes(tell: &mut Narrator<'_>, at: &Counter, counter: &CounterView) -> Result<(), Error> {
    for code in &counter.codes {
        let mut sentences: Vec<&str> = vec![&code.gives];
        if !code.sentence.is_empty() {
            sentences = vec![&code.sentence];
        }
        sentences.extend(code.bounds.iter().map(String::as_str));
        tell.answer(&format!(
            "✓ {:<14} −{:<12} {}",
            code.text,
            money(at, code.amount),
            sentences.join(" ")
        ))?;
    }
    for code in &counter.refused {
        tell.answer(&format!("✗ {:<14} {}", code.text, code.sentence))?;
    }
    if let Some(best) = &counter.best_set {
        tell.answer(&format!("★ {}", best.sentence))?;
    }
    Ok(())
}

fn tell_balance(
    tell: &mut Narrator<'_>,
    plot: &Plot,
    at: &Counter,
    counter: &CounterView,
) -> Result<(), Error> {
    let Some(card) = &counter.customer else {
        return Ok(());
    };
    tell.does(
        at.name,
        &plot.balance(&card.name, card.balance, card.purchases),
    )
}

fn pay(
    tell: &mut Narrator<'_>,
    plot: &Plot,
    at: &Counter,
    counter: &CounterView,
) -> Result<(), Error> {
    let cash = TypedTender {
        kind: "cash".to_owned(),
        ..TypedTender::default()
    };
    let notes = at.till.preview_tenders(&[], &cash)?;
    let handed = notes.quick.last().copied().unwrap_or(counter.total);
    tell.does(at.name, &plot.pays(&money(at, handed)))?;
    let tender = TenderInput {
        kind: "cash".to_owned(),
        amount: handed,
    };
    let receipt: ReceiptView = at.till.pay(&[tender], counter.total)?;
    tell.receipt(&receipt.text)?;
    tell.strip(at.name, &receipt.said)
}

fn lines(counter: &CounterView) -> String {
    let lines = counter.lines.iter();
    lines
        .map(|line| format!("{} × {}", line.quantity, line.name))
        .collect::<Vec<_>>()
        .join(", ")
}

fn money(at: &Counter, minor: i64) -> String {
    let view = at.till.view();
    match mostrador_loyalty::money::Currency::from_code(&view.currency) {
        Some(currency) => (Money { currency }).say(at.till.language(), minor),
        None => minor.to_string(),
    }
}

/// The first twelve hexadecimal signs.
fn short(hash: &EntryHash) -> String {
    let high = hash.0.iter().take(6);
    let high = high.fold(0_u64, |high, byte| (high << 8) | u64::from(*byte));
    format!("{high:012x}")
}
