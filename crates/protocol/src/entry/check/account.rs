//! Whether what an entry says of an account adds up by itself.

use loyalty::account::Lot;
use loyalty::basket::Quantity;
use loyalty::code::CodeText;
use loyalty::money::MAX_MINOR;
use loyalty::refund::{Refund, ReturnRefusal};
use mostrador_loyalty as loyalty;
use uuid::Uuid;

use super::{Fault, equal, wide};
use crate::account::LotDocument;
use crate::entry::undo::{CodeGivenBack, PointsUndone};
use crate::entry::{
    BadgeAwarded, CustomerLinked, Payload, PointsAdjusted, PointsExpired, ReferralBonus,
    RewardRedeemed, SaleCompleted, SaleRefunded, SaleVoided,
};

impl Payload {
    /// Checks what can be checked without any other entry.
    ///
    /// # Errors
    /// The first [`Fault`] found: the reason under which the server holds the entry.
    pub fn check(&self) -> Result<(), Fault> {
        match self {
            Self::SaleCompleted(sale) => sale.check(),
            Self::SaleRefunded(refund) => refund.check(),
            Self::SaleVoided(void) => void.check(),
            Self::PointsAdjusted(adjusted) => adjusted.check(),
            Self::PointsExpired(expired) => expired.check(),
            Self::RewardRedeemed(redeemed) | Self::RewardReturned(redeemed) => redeemed.check(),
            Self::ReferralCodeMade(made) => code(&made.code),
            Self::ReferralRegistered(registered) => {
                two_people(registered.customer_id, registered.referrer_id)
            }
            Self::ReferralBonus(bonus) => bonus.check(),
            Self::CustomerLinked(linked) => linked.check(),
            Self::TierMoved(moved) => slug("tier", &moved.to),
            Self::BadgeAwarded(awarded) => awarded.check(),
            Self::ApprovalGiven(approval) => slug("action", &approval.action),
            Self::PaymentReached(reached) => reached.check(),
            Self::LeaseClosed(closed) => amount("spent of a lease", closed.spent),
            Self::StreamOpened(_) | Self::ShiftOpened(_) | Self::ShiftClosed(_) => Ok(()),
        }
    }
}

impl SaleRefunded {
    /// Checks that amounts and points are in range and that every sum is the sum of its parts.
    ///
    /// # Errors
    /// The first [`Fault`] found.
    pub fn check(&self) -> Result<(), Fault> {
        amount("money", self.money)?;
        for line in &self.lines {
            amount("money of a line", line.money)?;
            let quantity = line.quantity;
            Quantity::new(quantity).ok_or(Fault::Quantity { quantity })?;
        }
        let of_lines = self.lines.iter().map(|line| wide(line.money)).sum();
        equal("sum of the lines' money", of_lines, self.money)?;
        for tender in &self.tenders {
            amount("tender", tender.amount)?;
        }
        let of_tenders = self.tenders.iter().map(|tender| wide(tender.amount)).sum();
        equal("sum of the tenders", of_tenders, self.money)?;
        points_undone(self.customer_id, self.points.as_ref())?;
        codes_back(&self.codes)
    }

    /// Checks this refund against its sale and the refunds before it.
    ///
    /// # Errors
    /// [`Fault::Return`] when it takes more than is left, [`Fault::Sum`] when money or points are
    /// others than follow from the sale, [`Fault::OtherSale`] when it is not about this sale.
    pub fn check_against(
        &self,
        sale: &SaleCompleted,
        earlier: &[SaleRefunded],
    ) -> Result<(), Fault> {
        let due = self.check_units(sale, earlier)?;
        equal("money of the refund", wide(due.money.minor()), self.money)?;
        let points = self.points.as_ref();
        let customers = i64::from(sale.customer_id.is_some());
        equal(
            "points taken back",
            wide(due.points_taken_back) * wide(customers),
            points.map_or(0, |points| points.taken_back),
        )?;
        let given_back = points.map_or(&[][..], |points| &points.given_back);
        equal(
            "points given back",
            wide(due.points_given_back),
            given_back.iter().map(|lot| lot.points).sum(),
        )?;
        same("the lots given back", &due.given_back, &lots(given_back))?;
        equal(
            "whether nothing is left",
            wide(due.is_full.into()),
            self.is_full.into(),
        )
    }

    /// Checks what holds whether or not other refunds came in between: that it is about this sale, and
    /// takes nothing that is not left after `earlier`. Returns what is due after them alone.
    ///
    /// # Errors
    /// [`Fault::Return`] when it takes more than is left, [`Fault::OtherSale`] when it is not about this
    /// sale.
    pub fn check_units(
        &self,
        sale: &SaleCompleted,
        earlier: &[SaleRefunded],
    ) -> Result<Refund, Fault> {
        let refused = |refusal: ReturnRefusal| Fault::Return {
            refusal: refusal.code(),
        };
        same("the sale", &sale.sale_id, &self.sale_id)?;
        same("the customer", &sale.customer_id, &self.customer_id)?;
        same("the day", &sale.local_time.date(), &self.sold_on)?;
        let points = self.points.as_ref();
        let days = points.map(|points| points.lot_days(self.sold_on));
        if let Some(days) = days {
            same("the lot", &sale.lot_days(), &days)?;
        }
        let mut returns = sale.returns(earlier).map_err(refused)?;
        returns.take_back(&self.returned()).map_err(refused)
    }
}

impl SaleVoided {
    /// Checks that amounts and points are in range.
    ///
    /// # Errors
    /// The first [`Fault`] found.
    pub fn check(&self) -> Result<(), Fault> {
        amount("total", self.total)?;
        points_undone(self.customer_id, self.points.as_ref())?;
        codes_back(&self.codes)
    }
}

impl SaleVoided {
    /// Checks this void against its sale and the refunds before it.
    ///
    /// # Errors
    /// [`Fault::Return`] when something came back before, [`Fault::OtherSale`] when it undoes something
    /// else than the sale did.
    pub fn check_against(
        &self,
        sale: &SaleCompleted,
        earlier: &[SaleRefunded],
    ) -> Result<(), Fault> {
        if !earlier.is_empty() {
            return Err(Fault::Return {
                refusal: ReturnRefusal::VoidAfterReturn.code(),
            });
        }
        same(
            "what is voided",
            &sale.void(self.void_id, self.at.clone()),
            self,
        )
    }
}

impl PointsAdjusted {
    fn check(&self) -> Result<(), Fault> {
        slug("reason", &self.reason)?;
        let size = self.points.saturating_abs();
        if size == 0 || size > MAX_MINOR {
            return Err(Fault::Points {
                what: "points adjusted",
                points: self.points,
            });
        }
        Ok(())
    }
}

impl PointsExpired {
    fn check(&self) -> Result<(), Fault> {
        lot("points expired", &self.lot)?;
        if self.lot.days().is_over(self.day) {
            return Ok(());
        }
        Err(Fault::NotOver {
            expires_on: self.lot.expires_on,
        })
    }
}

impl RewardRedeemed {
    fn check(&self) -> Result<(), Fault> {
        slug("reward", &self.reward)?;
        shares("points of the reward", &self.lots, self.points)?;
        self.coupon.as_ref().map_or(Ok(()), |it| code(&it.code))
    }
}

impl ReferralBonus {
    fn check(&self) -> Result<(), Fault> {
        two_people(self.customer_id, self.referrer_id)?;
        for lot in [&self.bonus, &self.welcome] {
            points("points of the referral", lot.points)?;
        }
        Ok(())
    }
}

impl BadgeAwarded {
    fn check(&self) -> Result<(), Fault> {
        slug("badge", &self.badge)?;
        let bonus = self.bonus.as_ref();
        bonus.map_or(Ok(()), |bonus| lot("points of a badge", bonus))
    }
}

impl CustomerLinked {
    fn check(&self) -> Result<(), Fault> {
        two_people(self.survivor_id, self.absorbed_id)
    }
}

fn same<T: PartialEq>(what: &'static str, of_sale: &T, found: &T) -> Result<(), Fault> {
    if of_sale == found {
        Ok(())
    } else {
        Err(Fault::OtherSale { what })
    }
}

fn lots(shares: &[LotDocument]) -> Vec<Lot> {
    shares.iter().map(Lot::from).collect()
}

/// Whether the shares are points of lots and sum to `whole`.
pub(super) fn shares(what: &'static str, lots: &[LotDocument], whole: i64) -> Result<(), Fault> {
    points(what, whole)?;
    for share in lots {
        lot(what, share)?;
    }
    equal(what, lots.iter().map(|lot| wide(lot.points)).sum(), whole)
}

fn points_undone(customer: Option<Uuid>, undone: Option<&PointsUndone>) -> Result<(), Fault> {
    let Some(undone) = undone else {
        return Ok(());
    };
    if customer.is_none() {
        return Err(Fault::PointsWithoutCustomer);
    }
    points("points taken back", undone.taken_back)?;
    for share in &undone.given_back {
        lot("points given back", share)?;
    }
    Ok(())
}

fn codes_back(codes: &[CodeGivenBack]) -> Result<(), Fault> {
    for back in codes {
        code(&back.text)?;
        amount("discount of a code", back.discount)?;
    }
    Ok(())
}

fn lot(what: &'static str, lot: &LotDocument) -> Result<(), Fault> {
    if lot.points == 0 {
        return Err(Fault::Points { what, points: 0 });
    }
    points(what, lot.points)
}

fn points(what: &'static str, points: i64) -> Result<(), Fault> {
    if (0..=MAX_MINOR).contains(&points) {
        Ok(())
    } else {
        Err(Fault::Points { what, points })
    }
}

fn amount(what: &'static str, minor: i64) -> Result<(), Fault> {
    if (0..=MAX_MINOR).contains(&minor) {
        Ok(())
    } else {
        Err(Fault::Amount { what, minor })
    }
}

fn slug(what: &'static str, text: &str) -> Result<(), Fault> {
    if text.trim().is_empty() {
        Err(Fault::Empty { what })
    } else {
        Ok(())
    }
}

fn code(text: &str) -> Result<(), Fault> {
    CodeText::parse(text)
        .map(|_| ())
        .ok_or_else(|| Fault::Code {
            text: text.to_owned(),
        })
}

fn two_people(one: Uuid, other: Uuid) -> Result<(), Fault> {
    if one == other {
        Err(Fault::OnePerson { customer: one })
    } else {
        Ok(())
    }
}
