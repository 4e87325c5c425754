//! `codes generate` and `codes export`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use mostrador_server::Mint;
use mostrador_server::generate::{self, Generated, Job, Listed, export_again, generate};

use super::Stop;

#[derive(Debug, Subcommand)]
pub(super) enum Codes {
    /// Generate codes that are priced like one code of the program, and write them to a file
    Generate(Generate),
    /// Write every generated code of one code to a file again
    Export(Again),
}

#[derive(Debug, Args)]
pub(super) struct Again {
    /// The TOML file of the program
    #[arg(long, value_name = "FILE")]
    program: PathBuf,
    /// The code that has the generated ones
    #[arg(long)]
    code: String,
    /// The CSV file to write: code, text, index
    #[arg(long, value_name = "FILE.csv")]
    export: PathBuf,
    /// Replace that file
    #[arg(long)]
    force: bool,
}

impl Again {
    pub(super) fn run(&self) -> Result<(), Stop> {
        let Listed {
            code,
            pattern,
            count,
        } = export_again(generate::Again {
            program: &self.program,
            code: &self.code,
            export: &self.export,
            is_forced: self.force,
        })?;
        let export = self.export.display();
        println!("all {count} codes {pattern} of {code} are in {export}");
        Ok(())
    }
}

#[derive(Debug, Args)]
pub(super) struct Generate {
    /// The TOML file of the program; the codes are added to it
    #[arg(long, value_name = "FILE")]
    program: PathBuf,
    /// The code of the program that says what they give
    #[arg(long)]
    code: String,
    /// A fixed beginning, then `?` for each random sign and at last the check sign: MAR-????-????
    #[arg(long)]
    pattern: Option<String>,
    /// How many
    #[arg(long, value_name = "N")]
    count: u64,
    /// The CSV file to write: code, text, index
    #[arg(long, value_name = "FILE.csv")]
    export: PathBuf,
    /// Replace that file
    #[arg(long)]
    force: bool,
}

impl Generate {
    pub(super) fn run(&self, mint: &Mint) -> Result<(), Stop> {
        let job = Job {
            program: &self.program,
            code: &self.code,
            pattern: self.pattern.as_deref(),
            count: self.count,
            export: &self.export,
            is_forced: self.force,
        };
        self.say(&generate(job, mint)?);
        Ok(())
    }

    fn say(&self, generated: &Generated) {
        let Generated { code, pattern, .. } = generated;
        if let Some(finished) = &generated.finished {
            let finished = finished.display();
            println!("finished what an earlier run could not: its codes are in {finished}");
        }
        let (count, export) = (generated.count, self.export.display());
        println!("{count} codes {pattern} for {code} are in {export}");
        if generated.replaced {
            println!(
                "what was in that file is gone: `codes export` lists every code of {code} again"
            );
        }
        println!("{code} has {} generated codes now", generated.members);
        if generated.skipped > 0 {
            let skipped = generated.skipped;
            println!("{skipped} were passed over: other codes of the program have their text");
        }
        if generated.is_new {
            println!("{code} itself cannot be scanned any more: it only says what its codes give");
        }
        let program = self.program.display();
        println!("tills know them when the program is published:");
        println!("  mostrador-server program check {program}");
        println!("  mostrador-server program publish --tenant NAME {program}");
        println!("  (with a higher `version`, if this one was published already)");
    }
}
