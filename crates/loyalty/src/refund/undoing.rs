//! In which way a sale was undone, and what follows from it.

use chrono::NaiveDate;

use crate::code::Reinstate;

use super::ReturnRefusal;

/// How a sale was undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undoing {
    /// Voided on its own day, before the day was closed.
    VoidedSameDay,
    /// Every unit came back.
    FullReturn,
    /// Some units came back.
    PartReturn,
}

/// Whether the use of a code comes back when its sale is undone like this (PRICING section 11).
pub const fn gives_use_back(reinstate: Reinstate, undoing: Undoing) -> bool {
    match undoing {
        Undoing::VoidedSameDay => true,
        Undoing::FullReturn => matches!(reinstate, Reinstate::FullReturn),
        Undoing::PartReturn => false,
    }
}

/// Whether the sale of `sold_on` can still be voided on `day`, when units of it `came_back` already or
/// not: only whole, and before its local day closes. Later it is refunded.
pub fn may_void(sold_on: NaiveDate, day: NaiveDate, came_back: bool) -> Result<(), ReturnRefusal> {
    if came_back {
        return Err(ReturnRefusal::VoidAfterReturn);
    }
    if day != sold_on {
        return Err(ReturnRefusal::VoidTooLate { sold_on });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sale_is_voided_whole_and_on_its_day() {
        let day = |text: &str| -> NaiveDate { text.parse().unwrap() };
        let (sold_on, next) = (day("2026-11-21"), day("2026-11-22"));
        assert_eq!(may_void(sold_on, sold_on, false), Ok(()));
        let late = ReturnRefusal::VoidTooLate { sold_on };
        assert_eq!(may_void(sold_on, next, false), Err(late));
        let touched = ReturnRefusal::VoidAfterReturn;
        assert_eq!(may_void(sold_on, sold_on, true), Err(touched));
    }

    #[test]
    fn a_use_comes_back_only_on_a_void_or_where_the_code_says_so() {
        assert!(gives_use_back(Reinstate::Void, Undoing::VoidedSameDay));
        assert!(!gives_use_back(Reinstate::Void, Undoing::FullReturn));
        assert!(gives_use_back(Reinstate::FullReturn, Undoing::FullReturn));
        assert!(!gives_use_back(Reinstate::FullReturn, Undoing::PartReturn));
    }
}
