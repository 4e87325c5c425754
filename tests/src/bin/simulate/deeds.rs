//! What people do at the tills, and the owner.

use mostrador_server::publish;
use mostrador_terminal::view::{ProfileInput, RefundInput, RefundView, VoidInput};
use mostrador_terminal::{SaleRequest, SaleRequestLine, Till};
use mostrador_tests::Error;
use rust_decimal::Decimal;

use super::goods::{CODES, PIN, PRODUCTS, TENANT, customers, program};
use super::world::World;

impl World {
    pub(super) fn sell(&mut self, times: u64, code: Option<&str>) -> Result<(), Error> {
        let place = self.drawn();
        for _ in 0..times {
            self.sell_at(place, code)?;
        }
        Ok(())
    }

    pub(super) fn race(&mut self) -> Result<(), Error> {
        for place in 0..self.machines.len() {
            self.sell_at(place, Some(CODES[0]))?;
        }
        Ok(())
    }

    fn sell_at(&mut self, place: usize, code: Option<&str>) -> Result<(), Error> {
        let machine = &self.machines[place];
        let Some(till) = machine.till() else {
            return Ok(());
        };
        self.sold += 1;
        let customers = customers();
        let customer = self
            .chance
            .percent(80)
            .then(|| self.chance.pick(&customers).copied());
        let drawn = self
            .chance
            .percent(60)
            .then(|| self.chance.pick(&CODES).copied());
        let code = code.or(drawn.flatten());
        let product = self.chance.pick(&PRODUCTS).copied().unwrap_or_default();
        let sold = till.sell(&SaleRequest {
            reference: format!("basket {}", self.sold),
            at_ms: machine.now_ms(),
            cashier: None,
            customer: customer.flatten(),
            lines: vec![SaleRequestLine {
                product: product.to_owned(),
                quantity: Decimal::from(self.chance.between(1, 3)),
                unit_price: None,
            }],
            codes: code.into_iter().map(str::to_owned).collect(),
        })?;
        let refused = sold
            .sale
            .refused
            .first()
            .map(|refusal| refusal.refusal.clone());
        match refused.as_deref() {
            Some("used_up") => self.room.diary.reached("refused: used up", 1),
            Some("lease_required") => self.room.diary.reached("refused: no lease", 1),
            _ => {}
        }
        self.room.diary.reached("sales", 1);
        self.room.diary.step(&machine.name, || {
            let sale = &sold.sale;
            let code = code.unwrap_or("no code");
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
        let Some(id) = self.chance.pick(&customers) else {
            return Ok(());
        };
        let mut form = till.edit_profile(&id.to_string())?.fields;
        form.name = format!("Ana {}", self.chance.below(1_000));
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
        publish(&store, &self.mint, TENANT, program(self.version)).await?;
        self.room.diary.reached("programs published", 1);
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
            let input = VoidInput {
                sale_id: offer.sale.id,
                reason: offer
                    .reasons
                    .first()
                    .map_or_else(String::new, |it| it.slug.clone()),
                note: "error".to_owned(),
            };
            match till.void_sale(&input, PIN) {
                Ok(_) => Ok(format!("voids {}", offer.sale.receipt)),
                Err(error) => Ok(format!("does not void {}: {error}", offer.sale.receipt)),
            }
        })
    }

    /// Somebody at work does something at a till that is on.
    fn at_the_counter(
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
