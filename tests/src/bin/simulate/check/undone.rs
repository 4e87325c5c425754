//! Invariant 16: of a sale nothing comes back that it did not have, whoever takes it back and how often; and
//! what the server said of it is what its rule comes to.

use std::collections::BTreeMap;

use mostrador_protocol::entry::{
    Effects, Payload, PointsUndone, SaleCompleted, SaleRefunded, SaleVoided,
};
use mostrador_server::ingest::exception;
use mostrador_server::ingest::reading::effective_ms;
use mostrador_server::ingest::undoing::{Before, Judgement, judge_refund, judge_void};
use mostrador_server::rules::Rules;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::Violation;
use super::sold::is_adjusted;
use super::told::Told;
use crate::goods::program;

/// Sales, and what undid them in the order in which the server took it.
#[derive(Debug)]
pub(super) struct Undone {
    rules: Rules,
    sales: BTreeMap<Uuid, Sold>,
    /// Entries of which the server said something else.
    unlike: Vec<String>,
}

/// A sale, and what came back of it so far.
#[derive(Debug)]
struct Sold {
    sale: SaleCompleted,
    /// How many sales came before it.
    place: usize,
    before: Before,
    units: Vec<Decimal>,
    taken_back: i64,
    given_back: i64,
    codes: BTreeMap<String, u64>,
}

impl Undone {
    pub(super) fn new() -> Self {
        let document = program(1);
        let rules = document.compile().map_or_else(
            |_| Rules::default(),
            |compiled| Rules::of(compiled, document.zone()),
        );
        Self {
            rules,
            sales: BTreeMap::new(),
            unlike: Vec::new(),
        }
    }

    /// What an entry does; none of one that undoes a sale which is not here yet.
    pub(super) fn effects(&mut self, entry: &Told) -> Option<Effects> {
        let as_said = || {
            let at_ms = effective_ms(&entry.header, entry.received_ms);
            entry.payload.effects(at_ms)
        };
        let judged = match &entry.payload {
            Payload::SaleCompleted(sale) => {
                let first = Sold::of(sale, self.sales.len());
                self.sales.entry(sale.sale_id).or_insert(first);
                return Some(as_said());
            }
            Payload::SaleRefunded(refund) => {
                let sold = self.sales.get_mut(&refund.sale_id)?;
                let reinstates = |code: &_| self.rules.reinstates_on_full_return(code);
                let judged = judge_refund(&sold.sale, &sold.before, refund, reinstates);
                sold.before.refunds.push(SaleRefunded::clone(refund));
                if judged == Judgement::AsSaid {
                    sold.take(refund);
                } else {
                    sold.take_instead(&judged);
                }
                judged
            }
            Payload::SaleVoided(void) => {
                let sold = self.sales.get_mut(&void.sale_id)?;
                let judged = judge_void(&sold.sale, &sold.before, void);
                sold.before.is_voided = true;
                if judged == Judgement::AsSaid {
                    sold.take_all(void);
                } else {
                    sold.take_instead(&judged);
                }
                judged
            }
            _ => return Some(as_said()),
        };
        self.compare(entry, &judged);
        Some(match judged {
            Judgement::AsSaid => as_said(),
            Judgement::Adjusted { instead, .. } => Judgement::effects(instead.as_deref()),
        })
    }

    /// The place of the sale that an entry undoes, among all that came; none while it is not here.
    pub(super) fn place_of_sale(&self, entry: &Told) -> Option<usize> {
        let sale_id = match &entry.payload {
            Payload::SaleRefunded(refund) => refund.sale_id,
            Payload::SaleVoided(void) => void.sale_id,
            _ => return None,
        };
        Some(self.sales.get(&sale_id)?.place)
    }

    /// What the server said of an entry that undoes a sale against its rule, word for word.
    fn compare(&mut self, entry: &Told, judged: &Judgement) {
        let because = match judged {
            Judgement::AsSaid => None,
            Judgement::Adjusted { because, .. } => exception::reason(std::slice::from_ref(because)),
        };
        let said = entry.reason.as_deref().unwrap_or_default();
        let is_said = match &because {
            // A code that was given back may be over its limit besides.
            Some(because) => said.starts_with(because),
            None => !is_adjusted(entry),
        };
        if !is_said {
            let (kind, id) = (&entry.header.kind, entry.header.entry_id);
            self.unlike.push(format!(
                "the server said {said:?} of {kind} {id}, by its rule it is {because:?}"
            ));
        }
    }

    /// Sales of which more came back than there was, and entries of which the server said something else.
    pub(super) fn violations(&self) -> Vec<Violation> {
        let sales = self.sales.values();
        let wrong = sales.filter_map(|sold| {
            let why = sold.excess()?;
            let receipt = &sold.sale.receipt;
            Some(Violation::new(
                16,
                format!("of sale {receipt} came back {why}"),
            ))
        });
        let unlike = self.unlike.iter();
        let unlike = unlike.map(|what| Violation::new(16, what.clone()));
        wrong.chain(unlike).collect()
    }
}

impl Sold {
    fn of(sale: &SaleCompleted, place: usize) -> Self {
        Self {
            place,
            units: vec![Decimal::ZERO; sale.lines.len()],
            sale: sale.clone(),
            before: Before::default(),
            taken_back: 0,
            given_back: 0,
            codes: BTreeMap::new(),
        }
    }

    fn take_instead(&mut self, judged: &Judgement) {
        if let Judgement::Adjusted {
            instead: Some(refund),
            ..
        } = judged
        {
            self.take(refund);
        }
    }

    fn take_all(&mut self, void: &SaleVoided) {
        let lines = self.sale.lines.iter().zip(&mut self.units);
        lines.for_each(|(line, back)| *back += line.quantity);
        let codes: Vec<&str> = void.codes.iter().map(|code| code.text.as_str()).collect();
        self.take_points(void.points.as_ref(), &codes);
    }

    fn take(&mut self, refund: &SaleRefunded) {
        for line in &refund.lines {
            let place = usize::try_from(line.line).unwrap_or(usize::MAX);
            if let Some(back) = self.units.get_mut(place) {
                *back += line.quantity;
            }
        }
        let codes: Vec<&str> = refund.codes.iter().map(|code| code.text.as_str()).collect();
        self.take_points(refund.points.as_ref(), &codes);
    }

    fn take_points(&mut self, points: Option<&PointsUndone>, codes: &[&str]) {
        if let Some(points) = points {
            self.taken_back += points.taken_back;
            self.given_back += points.given_back.iter().map(|lot| lot.points).sum::<i64>();
        }
        for code in codes {
            *self.codes.entry((*code).to_owned()).or_default() += 1;
        }
    }

    /// What came back beyond what there was, in words.
    fn excess(&self) -> Option<String> {
        let mut lines = self.sale.lines.iter().zip(&self.units);
        if let Some((line, back)) = lines.find(|(line, back)| **back > line.quantity) {
            return Some(format!("{back} of {} {}", line.quantity, line.product));
        }
        let earned = self.sale.points.as_ref().map_or(0, |points| points.earned);
        if self.taken_back > earned {
            return Some(format!("{} of {earned} earned points", self.taken_back));
        }
        let redeemed = self.sale.points_redeemed.as_ref();
        let rewards: i64 = self.sale.rewards.iter().map(|reward| reward.points).sum();
        let spent = redeemed.map_or(0, |redeemed| redeemed.points) + rewards;
        if self.given_back > spent {
            return Some(format!("{} of {spent} spent points", self.given_back));
        }
        let twice = self.codes.iter().find(|(_, times)| **times > 1);
        twice.map(|(code, times)| format!("{times} uses of code {code}"))
    }
}
