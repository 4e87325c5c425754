//! A till that sells and gives back until it is killed: each printed line is a refund that a customer
//! took home. The story of the killed refund starts this program and kills it.
#![expect(clippy::print_stdout, reason = "the receipts are what the story reads")]

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use mostrador_terminal::Till;
use mostrador_terminal::view::RefundInput;
use mostrador_tests::Error;
use mostrador_tests::counter::{pay, pin, work};
use mostrador_tests::faults::audit::holder;
use mostrador_tests::shop::options;

/// Sell one product and give it back, again and again
#[derive(Debug, Parser)]
struct Cli {
    /// The till's folder
    #[arg(long)]
    data: PathBuf,
    /// Product id
    #[arg(long)]
    product: String,
    /// Sell to the customer who has this card
    #[arg(long)]
    card: Option<String>,
    /// End after so many refunds; without it: never
    #[arg(long)]
    times: Option<u32>,
}

fn main() -> ExitCode {
    match go_on(&Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("refunder: {error}");
            ExitCode::FAILURE
        }
    }
}

fn go_on(cli: &Cli) -> Result<(), Error> {
    let till = Till::open(options(&cli.data))?;
    work(&till)?;
    if cli.times.is_some() {
        println!("ready");
    }
    let mut left = cli.times;
    while left != Some(0) {
        left = left.map(|left| left - 1);
        till.add_product(&cli.product, "8")?;
        if let Some(card) = &cli.card {
            till.set_customer(&holder(&till, card)?.to_string())?;
        }
        let sold = pay(&till)?;
        till.find_sale(&sold.receipt)?;
        let mut input = RefundInput {
            lines: vec!["8".to_owned()],
            reason: "changed-mind".to_owned(),
            ..RefundInput::default()
        };
        input.seen = till.preview_refund(&input)?.value;
        let refund = till.refund(&input, &pin(&till, "manager"))?;
        println!("{} {}", refund.sale_id, refund.total);
        std::io::stdout().flush()?;
    }
    Ok(())
}
