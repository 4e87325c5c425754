//! What customers do with their points, and who brought whom.

use mostrador_terminal::Till;
use mostrador_terminal::view::{AdjustmentInput, AdjustmentSaved, ReferralSaved};
use mostrador_terminal::view::{ReferrerInput, TenderInput};
use mostrador_tests::Error;
use uuid::Uuid;

use super::diary::Diary;
use super::goods::{PIN, PRODUCTS, customers};
use super::world::World;

impl World {
    /// A customer pays with as many points as the till takes, and half of them come again at once: the server has
    /// not heard of it by then.
    pub(super) fn spend_points(&mut self) -> Result<(), Error> {
        let customer = self.customer();
        let diary = std::sync::Arc::clone(&self.room.diary);
        self.at_the_counter("sales paid with points", |till, drawn| {
            let place = usize::try_from(drawn).unwrap_or(0) % PRODUCTS.len();
            let mut told = pay_with_points(till, (customer, place), &diary)?;
            if drawn.is_multiple_of(2) {
                told += ", and again ";
                told += &pay_with_points(till, (customer, place), &diary)?;
            }
            Ok(told)
        })
    }

    /// A manager gives or takes points.
    pub(super) fn adjust(&mut self) -> Result<(), Error> {
        let customer = self.customer();
        self.at_the_counter("points adjusted", |till, drawn| {
            let input = AdjustmentInput {
                customer_id: customer.to_string(),
                takes: drawn.is_multiple_of(3),
                points: (drawn + 1).min(1_000).to_string(),
                reason: "goodwill".to_owned(),
                note: String::new(),
            };
            Ok(match till.adjust_points(&input, PIN) {
                Ok(AdjustmentSaved::Adjusted { .. }) => format!("adjusts points of {customer}"),
                Ok(AdjustmentSaved::Refused { refusal, .. }) => refusal,
                Err(error) => format!("adjusts nothing: {error}"),
            })
        })
    }

    /// Somebody says who brought a customer.
    pub(super) fn refer(&mut self) -> Result<(), Error> {
        let (customer, referrer) = (self.customer(), self.customer());
        self.at_the_counter("referrals", |till, _| Ok(refer(till, customer, referrer)))
    }

    fn customer(&self) -> Uuid {
        self.chance.pick(&customers()).copied().unwrap_or_default()
    }
}

fn refer(till: &Till, customer: Uuid, referrer: Uuid) -> String {
    let by = ReferrerInput {
        id: referrer.to_string(),
        code: None,
    };
    match till.register_referral(&customer.to_string(), &by) {
        Ok(ReferralSaved::Registered { .. }) => format!("hears that {referrer} brought {customer}"),
        Ok(ReferralSaved::Refused { refusal, .. }) => {
            format!("does not take {referrer} for who brought {customer}: {refusal}")
        }
        Err(error) => format!("registers nobody: {error}"),
    }
}

/// Sells one unit to a customer for as many of their points as the till takes; what came of it, in words.
fn pay_with_points(
    till: &Till,
    (customer, product): (Uuid, usize),
    diary: &Diary,
) -> Result<String, mostrador_terminal::Error> {
    if till.set_customer(&customer.to_string()).is_err() {
        return Ok(format!("does not know {customer}"));
    }
    till.add_product(PRODUCTS[product], "1")?;
    let offer = till.redeem_view()?.points;
    if offer.most == 0 {
        diary.reached("points: none to spend", 1);
        till.clear_basket()?;
        return Ok(format!("takes no points: {}", offer.refusal));
    }
    let asked = till.redeem_points("")?;
    let points = asked.redemption.map_or(0, |spent| spent.points);
    let due = till.counter()?.due;
    let cash = (due > 0).then(|| TenderInput {
        kind: "cash".to_owned(),
        amount: due,
    });
    let tenders: Vec<TenderInput> = cash.into_iter().collect();
    let paid = till.pay(&tenders, due)?;
    Ok(format!("takes {points} points for {}", paid.receipt))
}
