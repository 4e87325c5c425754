//! `referrals tree` and `referrals loops`.

use clap::{Args, Subcommand};
use mostrador_server::Store;
use mostrador_server::referrals::suspicion::Suspicion;
use mostrador_server::referrals::{Came, Member, Outcome, Referrals as All};
use mostrador_server::terminal::Terminal;
use uuid::Uuid;

use super::Stop;
use super::leases::name_of;

#[derive(Debug, Subcommand)]
pub(super) enum Referrals {
    /// Show who brought whom: how deep, and whether the bonus was paid, or why not
    Tree(Asked),
    /// Show referrals that look as if somebody had brought themselves
    Loops(Asked),
}

#[derive(Debug, Args)]
pub(super) struct Asked {
    /// The company
    #[arg(long)]
    tenant: String,
    /// One JSON document instead of lines
    #[arg(long)]
    json: bool,
}

impl Referrals {
    pub(super) async fn run(self, store: impl Store) -> Result<(), Stop> {
        let (Self::Tree(asked) | Self::Loops(asked)) = &self;
        let terminals = store.terminals(&asked.tenant).await?;
        let all = All::of(&store, &asked.tenant).await?;
        let text = match &self {
            Self::Tree(Asked { json: true, .. }) => json(&all.members()),
            Self::Loops(Asked { json: true, .. }) => json(&all.suspicions()),
            Self::Tree(_) => tree(&all.members()),
            Self::Loops(_) => loops(&all, &terminals),
        };
        print!("{text}");
        Ok(())
    }
}

fn json(value: &impl serde::Serialize) -> String {
    let text = serde_json::to_string_pretty(value);
    text.expect("BUG: ids, names and numbers are JSON") + "\n"
}

fn tree(members: &[Member]) -> String {
    let mut lines = Vec::new();
    for member in members {
        let indent = "  ".repeat(member.depth.unwrap_or(0).min(20));
        let name = member.name.as_deref().unwrap_or("(no profile)");
        let parts = [
            Some(format!("{indent}{name}  {}", member.customer)),
            member.depth.is_none().then(|| "in a loop".to_owned()),
            (member.brought > 0).then(|| format!("brought {}", member.brought)),
            member.came.as_ref().map(came_to),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        lines.push(parts.join("  ") + "\n");
    }
    let came = members.iter().filter_map(|member| member.came.as_ref());
    let count = |is: fn(&Outcome) -> bool| came.clone().filter(|it| is(&it.outcome)).count();
    lines.push(format!(
        "{} referrals: {} paid, {} taken back, {} refused, {} waiting\n",
        came.clone().count(),
        count(|it| matches!(it, Outcome::Paid { .. })),
        count(|it| matches!(it, Outcome::TakenBack { .. })),
        count(|it| matches!(it, Outcome::Refused { .. })),
        count(|it| matches!(it, Outcome::Waiting { .. })),
    ));
    lines.concat()
}

fn came_to(came: &Came) -> String {
    match came.outcome {
        Outcome::Paid { points, day, .. } => format!("paid {points} points for {day}"),
        Outcome::TakenBack { points, day, .. } => {
            format!("{points} points for {day} taken back")
        }
        Outcome::Refused { reason } => format!("refused: {reason}"),
        Outcome::Waiting { reason } => format!("waiting: {reason}"),
    }
}

fn loops(all: &All, terminals: &[Terminal]) -> String {
    let suspicions = all.suspicions();
    let lines = suspicions.iter().map(|it| line(all, terminals, it) + "\n");
    lines.collect::<String>() + &format!("{} to look at\n", suspicions.len())
}

fn line(all: &All, terminals: &[Terminal], suspicion: &Suspicion) -> String {
    let person = |id: &Uuid| {
        let name = all.name(*id);
        format!("{} ({id})", name.as_deref().unwrap_or("no profile"))
    };
    let joined = |people: &[Uuid], by: &str| {
        let each: Vec<String> = people.iter().map(person).collect();
        each.join(by)
    };
    match suspicion {
        Suspicion::Loop { people } if people.len() == 1 => {
            let who = joined(people, "");
            format!("loop: {who} was merged with who brought them")
        }
        Suspicion::Loop { people } => {
            format!("loop: {} and around", joined(people, ", brought by "))
        }
        Suspicion::SamePerson { one, other, shared } => {
            format!("same {shared}: {} and {}", person(one), person(other))
        }
        Suspicion::Burst {
            terminal,
            from_ms,
            to_ms,
            people,
        } => {
            let (count, minutes) = (people.len(), (to_ms - from_ms) / 60_000);
            let (at, who) = (name_of(terminals, *terminal), joined(people, ", "));
            format!("burst: {count} within {minutes} minutes at {at}: {who}")
        }
        Suspicion::BareChain { people } => {
            let who = joined(people, " brought ");
            format!("chain of single purchases at the minimum: {who}")
        }
    }
}
