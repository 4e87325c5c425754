//! What the entries of a server come to, each sale and refund counted once by its own id.

use std::collections::{BTreeMap, BTreeSet};

use mostrador_protocol::entry::{BadgeAwarded, Decoded, Payload, SaleCompleted, SaleRefunded};
use mostrador_protocol::message::Disposition;
use mostrador_server::Store as _;
use uuid::Uuid;

use super::tally::Tally;
use crate::Error;
use crate::shop::Shop;

/// The sales and refunds of a company, and what came of them.
#[derive(Debug, Default)]
pub(super) struct Books {
    facts: BTreeMap<Uuid, Fact>,
    /// Points that came with a badge, by customer and badge.
    badges: BTreeMap<(Uuid, String), i64>,
}

/// One sale or refund.
#[derive(Debug, Default)]
struct Fact {
    /// The entries that tell of it.
    entries: BTreeSet<Uuid>,
    /// What they say was paid or given back, minor units.
    amounts: BTreeSet<i64>,
    customer: Option<Uuid>,
    worth: Worth,
    /// By code: 1 for a use, -1 for one that came back.
    uses: BTreeMap<String, i64>,
}

/// What a customer has by sales, refunds and badges; nobody of the table spends points.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Worth {
    /// Purchases completed and not fully undone.
    pub purchases: i64,
    /// Points earned less those taken back.
    pub points: i64,
}

impl Worth {
    fn add(&mut self, other: Self) {
        self.purchases += other.purchases;
        self.points += other.points;
    }
}

impl Books {
    /// Reads every stream of the company; what is missing in one, held or unreadable is noted.
    pub(super) async fn read(shop: &Shop, tally: &mut Tally) -> Result<Self, Error> {
        let store = shop.store()?;
        let mut books = Self::default();
        for head in store.streams(shop.tenant()).await? {
            let entries = store.entries(shop.tenant(), head.stream).await?;
            let dense = entries.iter().zip(1..).all(|(entry, seq)| entry.seq == seq);
            tally.expects(dense && entries.len() as u64 == head.seq, || {
                format!("stream {} on the server is not dense", head.stream)
            });
            for entry in entries {
                let Ok(header) = entry.raw.header() else {
                    tally.fails(format!("entry {} on the server cannot be read", entry.seq));
                    continue;
                };
                if entry.disposition == Disposition::Held {
                    tally.fails(format!("{} is held: {:?}", header.kind, entry.reason));
                }
                match entry.raw.payload(&header) {
                    Ok(Decoded::Known(payload)) => books.enter(header.entry_id, payload),
                    _ => tally.fails(format!("{} on the server cannot be read", header.kind)),
                }
            }
        }
        Ok(books)
    }

    fn enter(&mut self, entry: Uuid, payload: Payload) {
        let (id, fact) = match payload {
            Payload::SaleCompleted(sale) => (sale.sale_id, Fact::of_sale(&sale)),
            Payload::SaleRefunded(refund) => (refund.refund_id, Fact::of_refund(*refund)),
            Payload::BadgeAwarded(badge) => return self.award(badge),
            _ => return,
        };
        let known = self.facts.entry(id).or_default();
        known.entries.insert(entry);
        known.amounts.extend(&fact.amounts);
        (known.customer, known.worth, known.uses) = (fact.customer, fact.worth, fact.uses);
    }

    fn award(&mut self, badge: BadgeAwarded) {
        let points = badge.bonus.map_or(0, |lot| lot.points);
        self.badges.insert((badge.customer_id, badge.badge), points);
    }

    /// The amounts under which a sale or refund is known; none: it is not.
    pub(super) fn amounts(&self, id: Uuid) -> Option<&BTreeSet<i64>> {
        self.facts.get(&id).map(|fact| &fact.amounts)
    }

    /// How many sales and refunds more than one entry tells of.
    pub(super) fn told_twice(&self) -> usize {
        let facts = self.facts.values();
        facts.filter(|fact| fact.entries.len() > 1).count()
    }

    /// Whether this sale used `code`.
    pub(super) fn uses(&self, code: &str, sale: Uuid) -> bool {
        let fact = self.facts.get(&sale);
        fact.is_some_and(|fact| fact.uses.contains_key(code))
    }

    /// Uses of every code that was used.
    pub(super) fn code_uses(&self) -> BTreeMap<String, i64> {
        let mut uses = BTreeMap::new();
        for (code, times) in self.facts.values().flat_map(|fact| &fact.uses) {
            *uses.entry(code.clone()).or_default() += times;
        }
        uses
    }

    /// What every customer has who bought anything.
    pub(super) fn worth(&self) -> BTreeMap<Uuid, Worth> {
        let mut worth: BTreeMap<Uuid, Worth> = BTreeMap::new();
        for fact in self.facts.values() {
            if let Some(customer) = fact.customer {
                worth.entry(customer).or_default().add(fact.worth);
            }
        }
        for ((customer, _), points) in &self.badges {
            worth.entry(*customer).or_default().points += points;
        }
        worth
    }
}

impl Fact {
    fn of_sale(sale: &SaleCompleted) -> Self {
        let used = sale.codes.iter().filter(|code| code.consumed);
        let texts = used.flat_map(|code| [Some(code.text.clone()), code.parent.clone()]);
        Self {
            amounts: BTreeSet::from([sale.total]),
            customer: sale.customer_id,
            worth: Worth {
                purchases: 1,
                points: sale.points.as_ref().map_or(0, |points| points.earned),
            },
            uses: texts.flatten().map(|text| (text, 1)).collect(),
            ..Self::default()
        }
    }

    fn of_refund(refund: SaleRefunded) -> Self {
        Self {
            amounts: BTreeSet::from([refund.money]),
            customer: refund.customer_id,
            worth: Worth {
                purchases: -i64::from(refund.is_full),
                points: -refund.points.map_or(0, |points| points.taken_back),
            },
            uses: refund
                .codes
                .into_iter()
                .map(|code| (code.text, -1))
                .collect(),
            ..Self::default()
        }
    }
}
