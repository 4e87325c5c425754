//! Commands: one file each. Every failure is a sentence with what to do, and an exit code.

mod codes;
mod customers;
mod demo;
mod enrol_code;
mod experiment;
mod feed;
mod held;
mod import;
mod jobs;
mod leaderboard;
mod leases;
mod log;
mod place;
mod program;
mod referrals;
mod report;
mod serve;
mod status;
mod store;
mod tenant;
mod terminal;

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use mostrador_server::{Error, Mint};

use self::place::{Database, Folder, Place};

/// The central server of Mostrador: terminals, program, every store's sales.
#[derive(Debug, Parser)]
#[command(name = "mostrador-server", version, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
    /// Folder of the server's data
    #[arg(long, global = true, env = "MOSTRADOR_DATA", value_name = "DIR")]
    data: Option<PathBuf>,
    /// PostgreSQL database of the server's data, instead of a folder: postgres://...
    #[arg(
        long,
        global = true,
        env = "MOSTRADOR_DATABASE",
        hide_env_values = true,
        conflicts_with = "data",
        value_name = "URL"
    )]
    database: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve terminals until SIGTERM or Ctrl+C
    Serve(serve::Serve),
    /// Companies
    #[command(subcommand)]
    Tenant(tenant::Tenant),
    /// Shops of a company
    #[command(subcommand)]
    Store(store::Store),
    /// Make a one-time code for a new terminal (valid for 15 minutes)
    EnrolCode(enrol_code::EnrolCode),
    /// Switch terminals off and on
    #[command(subcommand)]
    Terminal(terminal::Terminal),
    /// Check or publish the program
    #[command(subcommand)]
    Program(program::Program),
    /// Generate codes by the thousand
    #[command(subcommand)]
    Codes(codes::Codes),
    /// Forget a person, or print what is held about them
    #[command(subcommand)]
    Customers(customers::Customers),
    /// Compare the variants of a code over all stores
    Experiment(experiment::Experiment),
    /// Import customers, products, staff or codes from a CSV file
    Import(import::Import),
    /// Create the two demo companies from their fixtures; safe to repeat
    Demo(demo::Demo),
    /// What terminals read
    #[command(subcommand)]
    Feed(feed::Feed),
    /// Entries that wait for a manager or an upgrade
    #[command(subcommand)]
    Held(held::Held),
    /// Write what follows from entries: expiry, tiers, bonuses
    #[command(subcommand)]
    Jobs(jobs::Jobs),
    /// Who earned most points in a period, with names that others may read
    Leaderboard(leaderboard::Leaderboard),
    /// What is scarce, and which terminal holds a right to how much of it
    #[command(subcommand)]
    Leases(leases::Leases),
    /// Who brought whom, and what looks wrong about it
    #[command(subcommand)]
    Referrals(referrals::Referrals),
    /// What an owner looks at
    #[command(subcommand)]
    Report(report::Report),
    /// Show companies, stores, terminals and what the server holds
    Status,
}

/// What stops a command.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The work failed.
    Failed(Error),
    /// The work was done and the answer is "no"; it was printed.
    No,
    /// No data folder was named.
    NoData,
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// Runs a command.
pub(crate) async fn run(cli: Cli) -> Result<(), Stop> {
    match cli.database {
        Some(url) => cli.command.run(&Database(url)).await,
        None => cli.command.run(&Folder(cli.data)).await,
    }
}

impl Command {
    async fn run(self, place: &impl Place) -> Result<(), Stop> {
        let mint = &Mint::system();
        match self {
            Self::Serve(command) => {
                log::start(command.log_json);
                place.reserve()?;
                command
                    .run(place.open_or_make(mint).await?, mint.clone())
                    .await
            }
            Self::Tenant(command) => command.run(place.open_or_make(mint).await?, mint).await,
            Self::Store(command) => command.run(place.open(mint).await?, mint).await,
            Self::EnrolCode(command) => command.run(place.open(mint).await?, mint).await,
            Self::Terminal(command) => command.run(place.open(mint).await?).await,
            Self::Program(program::Program::Check(command)) => {
                let store = match command.tenant {
                    Some(_) => Some(place.look(mint).await?),
                    None => None,
                };
                command.run(store, mint).await
            }
            Self::Program(program::Program::Publish(command)) => {
                command.run(place.open(mint).await?, mint).await
            }
            Self::Codes(codes::Codes::Generate(command)) => command.run(mint),
            Self::Codes(codes::Codes::Export(command)) => command.run(),
            Self::Customers(command @ customers::Customers::Erase { .. }) => {
                command.run(place.open(mint).await?, mint).await
            }
            Self::Customers(command) => command.run(place.look(mint).await?, mint).await,
            Self::Experiment(command) => command.run(place.look(mint).await?).await,
            Self::Import(command) => command.run(place.open(mint).await?, mint).await,
            Self::Demo(command) => command.run(place.open_or_make(mint).await?, mint).await,
            Self::Feed(command) => command.run(place.open(mint).await?, mint).await,
            Self::Held(command @ held::Held::List { .. }) => {
                command.run(place.look(mint).await?).await
            }
            Self::Held(command) => command.run(place.open(mint).await?).await,
            Self::Jobs(command) => command.run(place.open(mint).await?, mint).await,
            Self::Leaderboard(command) => command.run(place.look(mint).await?).await,
            Self::Leases(command @ leases::Leases::List { .. }) => {
                command.run(place.look(mint).await?, mint).await
            }
            Self::Leases(command) => command.run(place.open(mint).await?, mint).await,
            Self::Referrals(command) => command.run(place.look(mint).await?).await,
            Self::Report(command) => command.run(place.look(mint).await?).await,
            Self::Status => status::run(place.look(mint).await?, mint).await,
        }
    }
}

/// Says on the error output what went wrong and what to do.
pub(crate) fn explain(stop: &Stop) {
    match stop {
        Stop::Failed(error) => {
            eprintln!("error: {}", error.sentence());
            if let Error::ProgramFaults(faults) = error {
                for fault in faults {
                    eprintln!("  {fault}");
                }
            }
            eprintln!("  what to do: {}", error.hint());
        }
        Stop::No => {}
        Stop::NoData => {
            eprintln!("error: no folder for the server's data was named");
            eprintln!("  what to do: add --data DIR, or set MOSTRADOR_DATA; or --database URL");
        }
    }
}

/// A short name: what people type and what stands in files.
fn slug(text: &str) -> Result<String, Error> {
    let signs = text
        .bytes()
        .all(|sign| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == b'-');
    if signs && (1..=40).contains(&text.len()) {
        Ok(text.to_owned())
    } else {
        Err(Error::Slug(text.to_owned()))
    }
}
