//! Commands: one file each. Every failure is a sentence with what to do, and an exit code.

mod codes;
mod demo;
mod enrol_code;
mod experiment;
mod held;
mod import;
mod jobs;
mod leaderboard;
mod leases;
mod log;
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
use mostrador_server::{Error, Mint, SqliteStore};

/// The file below the data folder.
const DATABASE: &str = "server.sqlite";

/// The central server of Mostrador: terminals, program, every store's sales.
#[derive(Debug, Parser)]
#[command(name = "mostrador-server", version, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
    /// Folder of the server's data
    #[arg(long, global = true, env = "MOSTRADOR_DATA", value_name = "DIR")]
    data: Option<PathBuf>,
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
    /// Compare the variants of a code over all stores
    Experiment(experiment::Experiment),
    /// Import customers, products, staff or codes from a CSV file
    Import(import::Import),
    /// Create the two demo companies from their fixtures; safe to repeat
    Demo(demo::Demo),
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
    let mint = Mint::system();
    let path = || -> Result<PathBuf, Stop> {
        let folder = cli.data.as_ref().ok_or(Stop::NoData)?;
        Ok(folder.join(DATABASE))
    };
    let open_or_make = || -> Result<SqliteStore, Stop> { Ok(SqliteStore::open(&path()?, &mint)?) };
    // A mistyped folder must not become an empty server.
    let open = || match path()? {
        path if path.is_file() => open_or_make(),
        path => Err(Error::NoDatabase(path).into()),
    };
    match cli.command {
        Command::Serve(command) => {
            log::start(command.log_json);
            drop(SqliteStore::reserve(&path()?)?);
            command.run(open_or_make()?, mint.clone()).await
        }
        Command::Tenant(command) => command.run(open_or_make()?, &mint).await,
        Command::Store(command) => command.run(open()?, &mint).await,
        Command::EnrolCode(command) => command.run(open()?, &mint).await,
        Command::Terminal(command) => command.run(open()?).await,
        Command::Program(program::Program::Check(command)) => {
            let store = command.tenant.as_ref().map(|_| open()).transpose()?;
            command.run(store, &mint).await
        }
        Command::Program(program::Program::Publish(command)) => command.run(open()?, &mint).await,
        Command::Codes(codes::Codes::Generate(command)) => command.run(&mint),
        Command::Codes(codes::Codes::Export(command)) => command.run(),
        Command::Experiment(command) => command.run(open()?).await,
        Command::Import(command) => command.run(open()?, &mint).await,
        Command::Demo(command) => command.run(open_or_make()?, &mint).await,
        Command::Held(command) => command.run(open()?).await,
        Command::Jobs(command) => command.run(open()?, &mint).await,
        Command::Leaderboard(command) => command.run(open()?).await,
        Command::Leases(command) => command.run(open()?, &mint).await,
        Command::Referrals(command) => command.run(open()?).await,
        Command::Report(command) => command.run(open()?).await,
        Command::Status => status::run(open()?, &mint).await,
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
            eprintln!("  what to do: add --data DIR, or set MOSTRADOR_DATA");
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
