//! Why the server writes an entry: the key under which it is written once.

use std::fmt;

use chrono::NaiveDate;
use loyalty::account::LotDays;
use mostrador_loyalty as loyalty;
use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

/// The cause of an entry. The entry's id follows from it, so that the same cause has effects once,
/// whoever writes it and however often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// The last day of a lot is over.
    Expiry {
        /// Whose.
        customer: Uuid,
        /// Which.
        lot: LotDays,
    },
    /// On this day the customer stands in another tier.
    TierMove {
        /// Who.
        customer: Uuid,
        /// When.
        day: NaiveDate,
        /// The tier now.
        tier: String,
    },
    /// A sale completed a referral.
    Bonus {
        /// Which.
        sale: Uuid,
    },
    /// Such a sale was undone.
    BonusTakenBack {
        /// Which.
        sale: Uuid,
    },
    /// The customer did what a badge asks for.
    Badge {
        /// Who.
        customer: Uuid,
        /// Slug of the badge.
        badge: String,
    },
}

impl Cause {
    /// Whether the same cause may arise again, from facts that arrive later: more points for a lot that
    /// expired already; a tier reached, lost by a refund and reached again on one day.
    pub const fn may_arise_again(&self) -> bool {
        matches!(self, Self::Expiry { .. } | Self::TierMove { .. })
    }

    /// The id of the entry of a tenant for the `time`-th time, from 0, that the cause arises.
    pub fn entry_id(&self, tenant: &str, time: u32) -> Uuid {
        let mut hash = Sha256::new();
        hash.update(b"mostrador/cause/1");
        hash.update(format!("{tenant}/{self}/{time}"));
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hash.finalize()[..16]);
        Builder::from_custom_bytes(bytes).into_uuid()
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expiry { customer, lot } => write!(
                f,
                "expiry/{customer}/{}/{}/{}",
                lot.expires_on, lot.earned_on, lot.usable_from
            ),
            Self::TierMove {
                customer,
                day,
                tier,
            } => write!(f, "tier/{customer}/{day}/{tier}"),
            Self::Bonus { sale } => write!(f, "bonus/{sale}"),
            Self::BonusTakenBack { sale } => write!(f, "bonus-taken-back/{sale}"),
            Self::Badge { customer, badge } => write!(f, "badge/{customer}/{badge}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_follows_from_tenant_cause_and_time() {
        let cause = |badge: &str| Cause::Badge {
            customer: Uuid::from_u128(1),
            badge: badge.to_owned(),
        };
        let id = cause("explorer").entry_id("cafe", 0);
        assert_eq!(id, cause("explorer").entry_id("cafe", 0));
        let others = [
            cause("regular").entry_id("cafe", 0),
            cause("explorer").entry_id("livex", 0),
            cause("explorer").entry_id("cafe", 1),
        ];
        assert!(!others.contains(&id), "{others:?}");
    }
}
