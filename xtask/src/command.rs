//! One file per command.

mod bench;
mod build;
mod ci;
mod demo;
mod deps;
mod faults;
mod fixtures;
mod fuzz;
mod mutants;
mod replay;
mod run;
mod screenshots;
mod simulate;
mod test;
mod vectors;

use crate::error::Error;

/// Runs the command that `arguments` name.
pub(crate) fn run(arguments: &[String]) -> Result<(), Error> {
    let Some((name, rest)) = arguments.split_first() else {
        println!("{}", crate::HELP);
        return Ok(());
    };
    match name.as_str() {
        "run" => run::run(rest),
        "build" => build::run(rest),
        "demo" => demo::run(rest),
        "test" => test::run(rest),
        "check" => ci::check(rest),
        "ci" => ci::run(rest),
        "vectors" => vectors::run(rest),
        "replay" => replay::run(rest),
        "mutants" => mutants::run(rest),
        "fuzz" => fuzz::run(rest),
        "faults" => faults::run(rest),
        "bench" => bench::run(rest),
        "simulate" => simulate::run(rest),
        "screenshots" => screenshots::run(rest),
        "deps" => deps::run(rest),
        "fixtures" => fixtures::run(rest),
        "help" | "-h" | "--help" => {
            println!("{}", crate::HELP);
            Ok(())
        }
        other => Err(Error::Usage(format!("there is no command {other:?}"))),
    }
}

/// For commands without options.
fn no_options(rest: &[String]) -> Result<(), Error> {
    match rest.first() {
        None => Ok(()),
        Some(option) => Err(Error::Usage(format!("{option:?} is not an option here"))),
    }
}
