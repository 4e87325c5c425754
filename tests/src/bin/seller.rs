//! A till that sells until it is killed: each printed line is a receipt that a customer took home.
//! The stories and the fault table start this program and kill it.
#![expect(clippy::print_stdout, reason = "the receipts are what the story reads")]

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use mostrador_terminal::Till;
use mostrador_terminal::view::Language;
use mostrador_tests::Error;
use mostrador_tests::faults::audit::{self, Basket};
use mostrador_tests::shop::options;

/// How long somebody waits before charging again what was refused.
const PAUSE: Duration = Duration::from_millis(100);

/// Sell one product again and again
#[derive(Debug, Parser)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of the command line"
)]
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
    /// Say `ready` and end after so many receipts; without it: never
    #[arg(long)]
    sales: Option<u32>,
    /// Scan this code with every basket
    #[arg(long)]
    code: Option<String>,
    /// Sell to the customer who has this card
    #[arg(long, conflicts_with = "scan")]
    card: Option<String>,
    /// Scan it at the counter, with a cashier at work
    #[arg(long, requires = "code")]
    scan: bool,
    /// Talk to the server meanwhile
    #[arg(long)]
    online: bool,
    /// Say `! CODE MESSAGE` when a sale is refused, and try again
    #[arg(long)]
    persist: bool,
}

#[tokio::main(worker_threads = 2)]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = if cli.open {
        hold(&cli)
    } else {
        sell(&cli).await
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("seller: {}", in_words(&error));
            ExitCode::FAILURE
        }
    }
}

/// One unit more, again and again, each written down before it is printed.
fn hold(cli: &Cli) -> Result<(), Error> {
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

async fn sell(cli: &Cli) -> Result<(), Error> {
    let till = Till::open(options(&cli.data))?;
    if cli.online {
        till.start_sync()?;
    }
    let mut left = cli.sales;
    if left.is_some() || cli.persist {
        println!("ready");
        std::io::stdout().flush()?;
    }
    while left != Some(0) {
        match charge(&till, cli) {
            Ok((sale, total)) => {
                println!("{sale} {total}");
                left = left.map(|left| left - 1);
            }
            Err(error) if cli.persist => {
                println!("! {}", in_words(&Error::Till(error)));
                tokio::time::sleep(PAUSE).await;
            }
            Err(error) => return Err(error.into()),
        }
        std::io::stdout().flush()?;
    }
    till.stop_sync().await;
    Ok(())
}

fn charge(till: &Till, cli: &Cli) -> Result<(uuid::Uuid, i64), mostrador_terminal::Error> {
    if let (true, Some(code)) = (cli.scan, &cli.code) {
        return audit::charge(till, &cli.product, code);
    }
    let basket = Basket {
        product: &cli.product,
        code: cli.code.as_deref(),
        card: cli.card.as_deref(),
    };
    basket.sell(till)
}

/// What the person at the counter reads, behind its code.
fn in_words(error: &Error) -> String {
    match error {
        Error::Till(error) => {
            let trouble = error.trouble(Language::En);
            format!("{} {} {}", trouble.code, trouble.message, trouble.hint)
        }
        other => other.to_string(),
    }
}
