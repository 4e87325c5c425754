//! What people do at the tills, and the owner.

use std::time::Duration;

use mostrador_loyalty::lease::Resource;
use mostrador_protocol::entry::{SaleCode, SaleCompleted, SaleRefusal};
use mostrador_server::{Store as _, publish};
use mostrador_terminal::view::{ProfileInput, RefundInput, RefundView, VoidInput, VoidView};
use mostrador_terminal::{SaleRequest, SaleRequestLine, Till};
use mostrador_tests::Error;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::goods::{CODES, PHONE, PIN, PRODUCTS, SURNAME, TENANT, customers, program};
use super::world::World;

/// How long somebody stands at a counter before they pay.
const AT_THE_COUNTER: Duration = Duration::from_secs(3);

impl World {
    pub(super) fn sell(&mut self, times: u64, code: Option<&str>) -> Result<(), Error> {
        let place = self.drawn();
        for _ in 0..times {
            self.sell_at(place, code)?;
        }
        Ok(())
    }

    pub(super) fn race(&mut self) -> Result<(), Error> {
        self.room.diary.reached("races for the last uses", 1);
        let code = if self.chance.percent(60) {
            CODES[0]
        } else {
            CODES[4]
        };
        for place in 0..self.machines.len() {
            self.sell_at(place, Some(code))?;
        }
        Ok(())
    }

    fn sell_at(&mut self, place: usize, code: Option<&str>) -> Result<(), Error> {
        if self.machines[place].till().is_none() {
            return Ok(());
        }
        let basket = self.basket(code);
        self.ring_up(place, &basket)
    }

    /// A customer waits at a counter until the till decides on them, buys with the code that each may use
    /// once, and comes back for it.
    pub(super) async fn come_back(&mut self) -> Result<(), Error> {
        let place = self.drawn();
        let basket = Basket {
            customer: self.chance.pick(&customers()).copied(),
            ..self.basket(Some(CODES[1]))
        };
        let (Some(till), Some(customer)) = (self.machines[place].till(), basket.customer) else {
            return Ok(());
        };
        till.unlock(PIN)?;
        let is_known = till.set_customer(&customer.to_string()).is_ok();
        tokio::time::sleep(AT_THE_COUNTER).await;
        if is_known {
            till.clear_basket()?;
        }
        till.lock();
        self.ring_up(place, &basket)?;
        self.ring_up(place, &basket)
    }

    /// What somebody brings to a till, with this code or one of their own.
    fn basket(&self, code: Option<&str>) -> Basket {
        let customers = customers();
        let customer = self
            .chance
            .percent(80)
            .then(|| self.chance.pick(&customers).copied());
        let drawn = self
            .chance
            .percent(60)
            .then(|| self.chance.pick(&CODES).copied());
        let product = self.chance.pick(&PRODUCTS).copied().unwrap_or_default();
        Basket {
            customer: customer.flatten(),
            line: SaleRequestLine {
                product: product.to_owned(),
                quantity: Decimal::from(self.chance.between(1, 3)),
                unit_price: None,
            },
            code: code.or(drawn.flatten()).map(str::to_owned),
        }
    }

    fn ring_up(&mut self, place: usize, basket: &Basket) -> Result<(), Error> {
        let machine = &self.machines[place];
        let Some(till) = machine.till() else {
            return Ok(());
        };
        self.sold += 1;
        let sold = till.sell(&SaleRequest {
            reference: format!("basket {}", self.sold),
            at_ms: machine.now_ms(),
            cashier: None,
            customer: basket.customer,
            lines: vec![basket.line.clone()],
            codes: basket.code.iter().cloned().collect(),
        })?;
        let refused = sold
            .sale
            .refused
            .first()
            .map(|refusal| refusal.refusal.clone());
        let limits = sold.sale.refused.iter().filter_map(limit_met);
        for limit in limits.chain(cut_by_budget(&sold.sale)) {
            self.room.diary.reached(limit, 1);
        }
        self.room.diary.reached("sales", 1);
        self.room.diary.step(&machine.name, || {
            let sale = &sold.sale;
            let code = basket.code.as_deref().unwrap_or("no code");
            let refused = refused.map_or_else(String::new, |refusal| format!(", {refusal}"));
            format!(
                "sells {} for {} with {code}{refused}",
                sale.receipt, sale.total
            )
        });
        Ok(())
    }

    pub(super) fn change_profile(&mut self) -> Result<(), Error> {
        let place = self.drawn();
        let machine = &self.machines[place];
        let Some(till) = machine.till() else {
            return Ok(());
        };
        if till.unlock(PIN).is_err() {
            return Ok(());
        }
        let customers = customers();
        let drawn = self.chance.below(customers.len() as u64);
        let id = customers[usize::try_from(drawn).unwrap_or(0)];
        let mut form = till.edit_profile(&id.to_string())?.fields;
        match self.chance.below(3) {
            0 => form.name = format!("Ana {SURNAME} {}", self.chance.below(1_000)),
            1 => form.phone = format!("{PHONE}{drawn}{:02}", self.chance.below(100)),
            _ => form.marketing = self.chance.percent(50),
        }
        if let Some(broken) = self.room.site.breakage() {
            broken.note_name(machine.folder(), &form.name)?;
        }
        let saved = till.save_profile(&ProfileInput { ..form });
        till.lock();
        self.room
            .diary
            .reached("profiles changed", u64::from(saved.is_ok()));
        self.room
            .diary
            .step(&machine.name, || "changes a profile".to_owned());
        saved.map(drop).map_err(Error::from)
    }

    pub(super) async fn publish(&mut self) -> Result<(), Error> {
        let Some(store) = self.room.site.store() else {
            return Ok(());
        };
        self.version += 1;
        let edited = program(self.version);
        let before = program(self.version - 1);
        publish(&store, &self.mint, TENANT, edited.clone()).await?;
        self.room.diary.reached("programs published", 1);
        let limits = edited.codes[0]
            .total_limit
            .cmp(&before.codes[0].total_limit);
        let is_leased = store
            .open_leases(TENANT)
            .await?
            .iter()
            .any(|lease| !matches!(lease.resource, Resource::Customer(_)));
        if is_leased && limits.is_lt() {
            self.room.diary.reached("limits lowered under leases", 1);
        }
        if is_leased && limits.is_gt() {
            self.room.diary.reached("limits raised under leases", 1);
        }
        let version = self.version;
        self.room
            .diary
            .step("owner", || format!("publishes program {version}"));
        Ok(())
    }

    /// Some units of one of the latest sales of a till come back.
    pub(super) fn refund(&mut self) -> Result<(), Error> {
        self.at_the_counter("refunds", |till, drawn| {
            let today = till.today()?;
            let recent = today.recent;
            let place = usize::try_from(drawn).unwrap_or(0) % recent.len().max(1);
            let Some(sale) = recent.get(place) else {
                return Ok("has nothing to refund".to_owned());
            };
            // Refunds and voids are among the latest too.
            let Ok(found) = till.find_sale(&sale.receipt) else {
                return Ok("finds no sale to refund".to_owned());
            };
            Ok(refund_some(till, (&found, &sale.receipt), drawn))
        })
    }

    /// Some units of one of the latest sales of another till come back, as the server knows it.
    pub(super) async fn refund_elsewhere(&mut self) -> Result<(), Error> {
        let (here, there) = (&self.machines[self.drawn()], &self.machines[self.drawn()]);
        let drawn = self.chance.below(1_000);
        let (Some(till), Some(other)) = (here.till(), there.till()) else {
            return Ok(());
        };
        other.unlock(PIN)?;
        let recent = other.today()?.recent;
        other.lock();
        let place = usize::try_from(drawn).unwrap_or(0) % recent.len().max(1);
        let Some(sale) = recent.get(place) else {
            return Ok(());
        };
        till.unlock(PIN)?;
        let before = till.ledger().read(mostrador_ledger::stream::head)?;
        let told = match till.find_sale_online(&sale.receipt).await {
            Ok(found) => refund_some(till, (&found, &sale.receipt), drawn),
            Err(error) => format!("does not find {}: {error}", sale.receipt),
        };
        till.lock();
        let after = till.ledger().read(mostrador_ledger::stream::head)?;
        let count = u64::from(before != after);
        self.room
            .diary
            .reached("refunds of other tills' sales", count);
        self.room.diary.step(&here.name, || told);
        if self.chance.percent(50) {
            let told = undo_here_too(other, &sale.receipt, drawn)?;
            self.room.diary.step(&there.name, || told);
        }
        Ok(())
    }

    /// Two customers turn out to be one person.
    pub(super) fn merge(&mut self) -> Result<(), Error> {
        let customers = customers();
        let pair = (
            self.chance.pick(&customers).copied().unwrap_or_default(),
            self.chance.pick(&customers).copied().unwrap_or_default(),
        );
        self.at_the_counter("merges", |till, _| {
            let (one, other) = (pair.0.to_string(), pair.1.to_string());
            Ok(match till.merge_customers(&one, &other, PIN) {
                Ok(_) => format!("makes {other} a part of {one}"),
                Err(error) => format!("does not make {other} a part of {one}: {error}"),
            })
        })
    }

    /// The last sale of a till is voided, unless it was refunded.
    pub(super) fn void(&mut self) -> Result<(), Error> {
        self.at_the_counter("voids", |till, _| {
            let Ok(offer) = till.offer_void() else {
                return Ok("has nothing to void".to_owned());
            };
            Ok(void(till, &offer))
        })
    }

    /// Somebody at work does something at a till that is on.
    pub(super) fn at_the_counter(
        &mut self,
        kind: &'static str,
        act: impl FnOnce(&Till, u64) -> Result<String, mostrador_terminal::Error>,
    ) -> Result<(), Error> {
        let machine = &self.machines[self.drawn()];
        let drawn = self.chance.below(1_000);
        let Some(till) = machine.till() else {
            return Ok(());
        };
        till.unlock(PIN)?;
        let before = till.ledger().read(mostrador_ledger::stream::head)?;
        let told = act(till, drawn);
        till.lock();
        let told = told?;
        let after = till.ledger().read(mostrador_ledger::stream::head)?;
        self.room.diary.reached(kind, u64::from(before != after));
        self.room.diary.step(&machine.name, || told);
        Ok(())
    }
}

/// What somebody buys.
#[derive(Debug)]
struct Basket {
    customer: Option<Uuid>,
    line: SaleRequestLine,
    /// What they have scanned.
    code: Option<String>,
}

/// The limit that a refusal tells of.
fn limit_met(refused: &SaleRefusal) -> Option<&'static str> {
    Some(match (refused.refusal.as_str(), refused.text.as_str()) {
        ("total_limit_reached", _) => "code refused: its uses are gone",
        ("customer_limit_reached", _) => "code refused: the customer's use is gone",
        ("not_first_purchase", _) => "code refused: not the first purchase",
        ("lease_required", "LASTTWO") => "code refused: no right to a use",
        ("lease_required", "PURSE") => "code refused: no right to its budget",
        ("lease_required", _) => "code refused: no right to the customer",
        _ => return None,
    })
}

/// Whether a code took less off than the least share that any program gives: its budget cut it.
fn cut_by_budget(sale: &SaleCompleted) -> Option<&'static str> {
    let is_cut = |code: &SaleCode| code.text == "PURSE" && code.amount * 20 < sale.gross;
    sale.codes
        .iter()
        .any(is_cut)
        .then_some("discount cut by its budget")
}

/// The till that sold it undoes it as well, before it can know of the other.
fn undo_here_too(till: &Till, receipt: &str, drawn: u64) -> Result<String, Error> {
    till.unlock(PIN)?;
    let offer = till.offer_void().ok();
    let told = match offer.filter(|offer| offer.sale.receipt == receipt && drawn.is_multiple_of(2))
    {
        Some(offer) => void(till, &offer),
        None => match till.find_sale(receipt) {
            Ok(found) => refund_some(till, (&found, receipt), 1),
            Err(error) => format!("does not find {receipt}: {error}"),
        },
    };
    till.lock();
    Ok(told)
}

fn void(till: &Till, offer: &VoidView) -> String {
    let reason = offer.reasons.first();
    let receipt = &offer.sale.receipt;
    let input = VoidInput {
        sale_id: offer.sale.id.clone(),
        reason: reason.map_or_else(String::new, |it| it.slug.clone()),
        note: "error".to_owned(),
    };
    match till.void_sale(&input, PIN) {
        Ok(_) => format!("voids {receipt}"),
        Err(error) => format!("does not void {receipt}: {error}"),
    }
}

/// Takes back some of what is left of a sale on the screen; what came of it, in words.
fn refund_some(till: &Till, (found, receipt): (&RefundView, &str), drawn: u64) -> String {
    let reason = found.reasons.first();
    let mut input = RefundInput {
        lines: found
            .lines
            .iter()
            .map(|line| units(drawn, &line.left))
            .collect(),
        reason: reason.map_or_else(String::new, |it| it.slug.clone()),
        note: "devuelto".to_owned(),
        ..RefundInput::default()
    };
    let Ok(preview) = till.preview_refund(&input) else {
        return format!("cannot refund {receipt}");
    };
    if preview.value == 0 || !preview.refusal.is_empty() {
        return format!("refunds nothing of {receipt}");
    }
    input.seen = preview.value;
    match till.refund(&input, PIN) {
        Ok(made) => format!("refunds {} of {receipt}", made.total),
        Err(error) => format!("does not refund {receipt}: {error}"),
    }
}

/// Some of the units that are left.
fn units(drawn: u64, left: &str) -> String {
    let left: u64 = left.parse().unwrap_or(0);
    match drawn % 3 {
        0 => left.min(1).to_string(),
        _ => left.to_string(),
    }
}
