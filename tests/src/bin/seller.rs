//! A till that sells until it is killed: each printed line is a receipt that a customer took home.
//! The story of the killed till starts this program and kills it.
#![expect(clippy::print_stdout, reason = "the receipts are what the story reads")]

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use mostrador_sync::clock::{Clock as _, SystemClock};
use mostrador_terminal::{SaleRequest, SaleRequestLine, Till};
use mostrador_tests::Error;
use mostrador_tests::shop::options;
use rust_decimal::Decimal;

/// Sell one product again and again
#[derive(Debug, Parser)]
struct Cli {
    /// The till's folder
    #[arg(long)]
    data: PathBuf,
    /// Product id
    #[arg(long)]
    product: String,
    /// Sell nothing: one basket stays open, and what is printed is its total
    #[arg(long)]
    open: bool,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let work = if cli.open { hold } else { sell };
    let Err(error) = work(&cli);
    eprintln!("seller: {error}");
    ExitCode::FAILURE
}

/// One unit more, again and again, each written down before it is printed.
fn hold(cli: &Cli) -> Result<std::convert::Infallible, Error> {
    let till = Till::open(options(&cli.data))?;
    let pins = till.view().demo_pins;
    let cashier = pins.iter().find(|pin| pin.role == "cashier");
    till.unlock(&cashier.map(|pin| pin.pin.clone()).unwrap_or_default())?;
    loop {
        let counter = till.add_product(&cli.product, "1")?;
        till.keep_basket()?;
        println!("{} {}", uuid::Uuid::nil(), counter.total);
        std::io::stdout().flush()?;
    }
}

fn sell(cli: &Cli) -> Result<std::convert::Infallible, Error> {
    let till = Till::open(options(&cli.data))?;
    let clock = SystemClock::new();
    let mut basket = till
        .ledger()
        .read(mostrador_ledger::stream::head)?
        .map_or(0, |head| head.seq);
    loop {
        basket += 1;
        let sold = till.sell(&SaleRequest {
            reference: format!("basket-{basket}"),
            at_ms: clock.now_ms(),
            cashier: None,
            customer: None,
            lines: vec![SaleRequestLine {
                product: cli.product.clone(),
                quantity: Decimal::ONE,
                unit_price: None,
            }],
            codes: Vec::new(),
        })?;
        println!("{} {}", sold.sale.sale_id, sold.sale.total);
        std::io::stdout().flush()?;
    }
}
