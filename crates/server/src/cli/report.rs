//! `report exceptions`.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate};
use clap::Subcommand;
use mostrador_protocol::row::Staff;
use mostrador_server::Store;
use mostrador_server::ingest::exception::ExceptionCode;
use mostrador_server::report::{ExceptionLine, Period, Scene, exceptions};
use mostrador_server::terminal::Terminal;

use super::Stop;
use super::leases::name_of;

#[derive(Debug, Subcommand)]
pub(super) enum Report {
    /// List what was accepted and should be looked at: uses beyond a limit, units that came back twice, rights
    /// that were missing, wrong clocks
    Exceptions {
        /// The company
        #[arg(long)]
        tenant: String,
        /// The first day on which the server got them
        #[arg(long, value_name = "DAY")]
        from: Option<NaiveDate>,
        /// The last such day, inside
        #[arg(long, value_name = "DAY")]
        to: Option<NaiveDate>,
        /// Only this kind
        #[arg(long, value_parser = ExceptionCode::ALL.map(ExceptionCode::as_str))]
        code: Option<String>,
    },
}

impl Report {
    pub(super) async fn run(self, store: impl Store) -> Result<(), Stop> {
        let Self::Exceptions {
            tenant,
            from,
            to,
            code,
        } = self;
        let terminals = store.terminals(&tenant).await?;
        let staff = store.staff(&tenant).await?;
        let mut sums: BTreeMap<(ExceptionCode, String), (u64, i64)> = BTreeMap::new();
        exceptions(&store, (&tenant, Period { from, to }), |line| {
            if code.as_ref().is_some_and(|code| code != line.code.as_str()) {
                return;
            }
            println!("{}", told(&line, (&terminals, &staff)));
            println!("  {}", line.said);
            let (times, amount) = sums.entry((line.code, unit(&line))).or_default();
            *times += 1;
            *amount = amount.saturating_add(line.amount);
        })
        .await?;
        for ((code, unit), (times, amount)) in &sums {
            println!("{}: {times}, {amount} {unit}", code.as_str());
        }
        if sums.is_empty() {
            println!("nothing to look at");
        }
        Ok(())
    }
}

fn told(line: &ExceptionLine, (terminals, staff): (&[Terminal], &[Staff])) -> String {
    let terminal = name_of(terminals, line.terminal);
    let what = format!(
        "{}  {}  {} {}",
        line.code.as_str(),
        line.subject,
        line.amount,
        unit(line)
    );
    let Some(Scene {
        cashier,
        receipt,
        local_time,
        ..
    }) = &line.scene
    else {
        let at = DateTime::from_timestamp_millis(line.received_ms).unwrap_or_default();
        return format!(
            "{} UTC  -  {terminal}  -  {what}",
            at.format("%Y-%m-%d %H:%M")
        );
    };
    let who = staff.iter().find(|known| known.id == *cashier);
    let who = who.map_or_else(|| format!("staff {cashier}"), |known| known.name.clone());
    let (at, receipt) = (local_time.format("%Y-%m-%d %H:%M"), receipt.as_deref());
    let receipt = receipt.unwrap_or("-");
    format!("{at}  {receipt}  {terminal}  {who}  {what}")
}

/// The unit of the amount.
fn unit(line: &ExceptionLine) -> String {
    match line.code {
        ExceptionCode::CodeOverLimit
        | ExceptionCode::RightMissing
        | ExceptionCode::RefundAdjusted
        | ExceptionCode::VoidAdjusted => {
            let scene = line.scene.as_ref();
            let currency = scene.and_then(|scene| scene.currency.clone());
            currency.unwrap_or_else(|| "minor units".to_owned())
        }
        ExceptionCode::RewardOverLimit => "points".to_owned(),
        ExceptionCode::Unknown => "units".to_owned(),
        ExceptionCode::ClockSuspect => "ms".to_owned(),
    }
}
