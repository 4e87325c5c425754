//! Who may be brought by whom, and when it pays (PRICING section 10).

mod employee;
mod tree;

use chrono::NaiveDate;
use uuid::Uuid;

use crate::account::{Account, Lot, LotDays};
use crate::money::Amount;
use crate::program::ReferralRules;

pub use employee::{Colleague, is_employee};
pub use tree::Tree;

/// Why a customer cannot be registered as brought by another. Declared in the order of precedence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReferralRefusal {
    /// The customer's own code.
    OwnReferral,
    /// The two records have the same phone, e-mail or document: they look like one person.
    SamePerson {
        /// What they share.
        shared: Contact,
    },
    /// Who brings works at the till.
    Employee,
    /// Somebody else brought the customer already.
    SecondReferrer,
    /// The customer has bought before.
    AlreadyBought,
}

impl ReferralRefusal {
    /// The stable code for screens, the wire and reports.
    pub const fn code(self) -> &'static str {
        match self {
            Self::OwnReferral => "own_referral",
            Self::SamePerson { .. } => "same_person",
            Self::Employee => "employee_referral",
            Self::SecondReferrer => "second_referrer",
            Self::AlreadyBought => "already_bought",
        }
    }
}

/// A way to reach a person, or to tell who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Contact {
    /// The phone.
    Phone,
    /// The e-mail.
    Email,
    /// The identity document.
    Document,
}

impl Contact {
    /// The stable code for screens.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Email => "email",
            Self::Document => "document",
        }
    }
}

/// A customer's record as far as this decision needs it. The texts are compared and forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Person<'a> {
    /// Id of the record.
    pub id: Uuid,
    /// Phone, written in any way.
    pub phone: Option<&'a str>,
    /// E-mail.
    pub email: Option<&'a str>,
    /// Identity document.
    pub document: Option<&'a str>,
}

/// Somebody is to be registered as brought by somebody.
#[derive(Debug, Clone, Copy)]
pub struct Registration<'a> {
    /// Who is brought.
    pub customer: Person<'a>,
    /// Their account.
    pub account: &'a Account,
    /// Who brings.
    pub referrer: Person<'a>,
    /// Whether who brings works at the till.
    pub referrer_is_employee: bool,
}

/// Why the registration cannot be; `None`: it can.
pub fn refusal_of(registration: &Registration<'_>) -> Option<ReferralRefusal> {
    let (customer, referrer) = (&registration.customer, &registration.referrer);
    if customer.id == referrer.id {
        return Some(ReferralRefusal::OwnReferral);
    }
    if let Some(shared) = shared_contact(customer, referrer) {
        return Some(ReferralRefusal::SamePerson { shared });
    }
    if registration.referrer_is_employee {
        return Some(ReferralRefusal::Employee);
    }
    let known = registration.account.referral.referred_by;
    if known.is_some_and(|known| known.customer != referrer.id) {
        return Some(ReferralRefusal::SecondReferrer);
    }
    let has_bought = registration.account.completed_purchases() > 0;
    has_bought.then_some(ReferralRefusal::AlreadyBought)
}

/// What a sale pays to both sides of a referral.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BonusDue {
    /// Who brought the customer.
    pub referrer: Uuid,
    /// The lot for them.
    pub bonus: Lot,
    /// The lot for the customer; 0 points where the program gives none.
    pub welcome: Lot,
}

/// The bonus for a sale of `total` by the customer with this account, if one is due: the customer was
/// brought by somebody, no bonus is standing for them, and the sale was paid and reaches the minimum.
/// `lot` is what points of that day make. A sale that does not reach the minimum leaves the bonus to
/// the first that does.
pub fn bonus_due(
    rules: &ReferralRules,
    account: &Account,
    total: Amount,
    lot: LotDays,
) -> Option<BonusDue> {
    let state = &account.referral;
    let referrer = state.referred_by?.customer;
    if state.is_bonus_given() || total.is_zero() || total < rules.min_purchase {
        return None;
    }
    let of = |points| Lot { days: lot, points };
    Some(BonusDue {
        referrer,
        bonus: of(rules.bonus_points),
        welcome: of(rules.welcome_points),
    })
}

/// The local day on which a bonus is taken back when the sale that earned it is undone: only when
/// nothing of the sale is left, and only while the bonus stands.
pub fn taken_back_on(account: &Account, is_full: bool, day: NaiveDate) -> Option<NaiveDate> {
    (is_full && account.referral.is_bonus_given()).then_some(day)
}

/// What two records have in common that one person would have, the first of phone, e-mail, document.
pub fn shared_contact(one: &Person<'_>, other: &Person<'_>) -> Option<Contact> {
    let same = |one: Option<&str>, other: Option<&str>, is_same: fn(&str, &str) -> bool| {
        one.zip(other)
            .is_some_and(|(one, other)| is_same(one, other))
    };
    if same(one.phone, other.phone, is_same_phone) {
        return Some(Contact::Phone);
    }
    if same(one.email, other.email, is_same_email) {
        return Some(Contact::Email);
    }
    same(one.document, other.document, is_same_document).then_some(Contact::Document)
}

/// The same digits, with or without the country's.
fn is_same_phone(one: &str, other: &str) -> bool {
    const FEWEST_DIGITS: usize = 7;
    let digits = |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
    let (one, other) = (digits(one), digits(other));
    one.len().min(other.len()) >= FEWEST_DIGITS && (one.ends_with(&other) || other.ends_with(&one))
}

fn is_same_email(one: &str, other: &str) -> bool {
    let normal = |text: &str| text.trim().to_lowercase();
    !one.trim().is_empty() && normal(one) == normal(other)
}

fn is_same_document(one: &str, other: &str) -> bool {
    let normal = |text: &str| -> String {
        let signs = text.chars().filter(|sign| sign.is_alphanumeric());
        signs.flat_map(char::to_uppercase).collect()
    };
    !normal(one).is_empty() && normal(one) == normal(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::{Fact, Purchase, ReferralGain, ReferralRole, Referrer};

    fn person(id: u128) -> Person<'static> {
        Person {
            id: Uuid::from_u128(id),
            phone: None,
            email: None,
            document: None,
        }
    }

    fn lot() -> LotDays {
        LotDays::at_once("2026-01-01".parse().unwrap(), NaiveDate::MAX)
    }

    fn brought_by(id: u128) -> Account {
        let mut account = Account::default();
        account.apply(&Fact::ReferralRegistered(Referrer {
            at_ms: 1,
            customer: Uuid::from_u128(id),
        }));
        account
    }

    fn check(customer: Person<'_>, referrer: Person<'_>, account: &Account, code: Option<&str>) {
        let registration = Registration {
            customer,
            account,
            referrer,
            referrer_is_employee: referrer.id == Uuid::from_u128(99),
        };
        assert_eq!(refusal_of(&registration).map(ReferralRefusal::code), code);
    }

    #[test]
    fn a_registration_is_refused_for_the_first_reason() {
        let fresh = Account::default();
        let phone = |id, phone| Person {
            phone: Some(phone),
            ..person(id)
        };
        check(person(1), person(2), &fresh, None);
        check(person(1), person(1), &fresh, Some("own_referral"));
        let (one, other) = (phone(1, "+57 300 123 4567"), phone(2, "3001234567"));
        check(one, other, &fresh, Some("same_person"));
        check(phone(1, "300"), phone(2, "300"), &fresh, None);
        let email = |id, email| Person {
            email: Some(email),
            ..person(id)
        };
        check(
            email(1, "Ana@x.co "),
            email(2, "ana@x.co"),
            &fresh,
            Some("same_person"),
        );
        let document = |id, document| Person {
            document: Some(document),
            ..person(id)
        };
        check(
            document(1, "CC 12.345"),
            document(2, "cc12345"),
            &fresh,
            Some("same_person"),
        );
        check(person(1), person(99), &fresh, Some("employee_referral"));
        check(
            person(1),
            person(2),
            &brought_by(3),
            Some("second_referrer"),
        );
        check(person(1), person(2), &brought_by(2), None);
        let mut bought = Account::default();
        let purchase = Purchase::earning(0, Amount::ZERO, 0, lot());
        bought.apply(&Fact::Purchase(purchase.clone()));
        check(person(1), person(2), &bought, Some("already_bought"));
        bought.apply(&Fact::Void(purchase.undone_on(lot().earned_on)));
        check(person(1), person(2), &bought, None);
    }

    #[test]
    fn the_bonus_is_due_once_for_a_sale_that_reaches_the_minimum() {
        let rules = ReferralRules {
            bonus_points: 500,
            welcome_points: 100,
            min_purchase: Amount::from_minor(5_000).unwrap(),
        };
        let due = |account: &Account, total| {
            bonus_due(&rules, account, Amount::from_minor(total).unwrap(), lot())
        };
        let mut account = brought_by(2);
        assert_eq!(due(&Account::default(), 9_000), None);
        assert_eq!(due(&account, 4_999), None);
        let bonus = due(&account, 5_000).unwrap();
        assert_eq!((bonus.bonus.points, bonus.welcome.points), (500, 100));
        let gain = ReferralGain {
            role: ReferralRole::Referred,
            lot: bonus.welcome,
        };
        account.apply(&Fact::ReferralBonus(gain));
        assert_eq!(due(&account, 9_000), None);
        let day = lot().earned_on;
        assert_eq!(taken_back_on(&account, false, day), None);
        assert_eq!(taken_back_on(&account, true, day), Some(day));
        account.apply(&Fact::ReferralTakenBack { day, gain });
        assert_eq!(taken_back_on(&account, true, day), None);
        assert_eq!(account.balance(), 0);
    }
}
