//! What is better than a code that cannot meet the others on the basket.

use mostrador_loyalty::code::CodeText;
use mostrador_loyalty::quote::quote;

use crate::price::Priced;
use crate::sentence::Better;

/// The best set, where it takes off more than the codes on the basket; else those codes, compared
/// with a basket on which `refused` had been scanned first.
pub(crate) fn better(priced: &Priced, refused: &CodeText) -> Better {
    let now = &priced.quote;
    let best = &now.best_set;
    if !best.gain.is_zero() {
        return Better {
            codes: best.codes.iter().map(ToString::to_string).collect(),
            more: best.gain,
            is_applied: false,
        };
    }
    let mut scanned = vec![refused.clone()];
    let others = priced.scanned.iter().filter(|code| *code != refused);
    scanned.extend(others.cloned());
    let with_it = quote(&priced.request(&scanned, &priced.usage));
    let discounting = now.accepted.iter().filter(|code| code.discounts);
    Better {
        codes: discounting.map(|code| code.scanned().to_string()).collect(),
        more: now.discount.saturating_sub(with_it.discount),
        is_applied: true,
    }
}
