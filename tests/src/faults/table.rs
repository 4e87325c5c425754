//! The table, as it is printed.

use std::io::Write;

use super::{Outcome, Row};

/// How many failures of a row are told whole.
const TOLD: usize = 5;

/// Prints a line for each row, then what did not hold. Gives back how many rows failed.
///
/// # Errors
/// When nobody listens.
pub fn print(rows: &[(Row, Outcome, f64)], out: &mut impl Write) -> std::io::Result<usize> {
    writeln!(
        out,
        "\n| fault | repetitions | acknowledged | lost | gone, and said so | counted twice | the till said | seconds | result |\n\
         |---|---:|---:|---:|---:|---:|---|---:|---|"
    )?;
    let mut failed = 0;
    for (row, outcome, seconds) in rows {
        match outcome {
            Outcome::Skipped(why) => writeln!(
                out,
                "| {} | | | | | | {why} | {seconds:.1} | SKIPPED |",
                row.fault()
            )?,
            Outcome::Ran(tally) => {
                failed += usize::from(!tally.holds());
                let said: Vec<String> = tally
                    .said
                    .iter()
                    .map(|(what, times)| format!("{what} ({times})"))
                    .collect();
                writeln!(
                    out,
                    "| {} | {} | {} | {} | {} | {} | {} | {seconds:.1} | {} |",
                    row.fault(),
                    tally.repetitions,
                    tally.acknowledged,
                    tally.lost,
                    tally.gone,
                    tally.twice,
                    said.join("; "),
                    if tally.holds() { "ok" } else { "FAILED" }
                )?;
            }
        }
    }
    writeln!(out)?;
    for (row, outcome, _) in rows {
        tell(*row, outcome, out)?;
    }
    Ok(failed)
}

fn tell(row: Row, outcome: &Outcome, out: &mut impl Write) -> std::io::Result<()> {
    match outcome {
        Outcome::Skipped(why) => writeln!(out, "!!! SKIPPED {}: {why}", row.name()),
        Outcome::Ran(tally) => {
            for failure in tally.failures.iter().take(TOLD) {
                writeln!(out, "FAILED {}: {failure}", row.name())?;
            }
            let rest = tally.failures.len().saturating_sub(TOLD);
            if rest > 0 {
                writeln!(out, "FAILED {}: and {rest} more", row.name())?;
            }
            Ok(())
        }
    }
}
