//! Shares and amounts that were surely meant in a larger unit: `10` for 10 %, `50` for 50.00.

use mostrador_loyalty::money::Currency;
use rust_decimal::Decimal;

use super::{CodeDocument, Path, Scope, SpendTierDocument, Warnings, percent};

/// Nobody advertises less than one in a hundred.
const ONE_PERCENT_BP: u32 = 100;

pub(super) fn look_at_code(
    warnings: &mut Warnings<'_>,
    scope: &Scope<'_>,
    path: &Path,
    code: &CodeDocument,
) {
    let mut units = Units { warnings, scope };
    units.share(path.key("percent_bp"), code.percent_bp);
    units.amount(path.key("fixed"), code.fixed);
    units.amount(path.key("max_discount"), code.max_discount);
    units.amount(path.key("budget"), code.budget);
    units.amount(path.key("min_purchase"), Some(code.min_purchase));
    units.spend_tiers(&path.key("spend_tiers"), &code.spend_tiers);
    for (index, variant) in code.variants.iter().enumerate() {
        let path = path.key("variants").at(index);
        units.share(path.key("percent_bp"), variant.percent_bp);
        units.amount(path.key("fixed"), variant.fixed);
        units.spend_tiers(&path.key("spend_tiers"), &variant.spend_tiers);
    }
}

pub(super) fn look_at_the_rest(warnings: &mut Warnings<'_>, scope: &Scope<'_>) {
    let mut units = Units { warnings, scope };
    for (index, reward) in scope.document.rewards.iter().enumerate() {
        let path = Path::default().key("rewards").at(index);
        units.share(path.key("percent_bp"), reward.percent_bp);
        units.amount(path.key("fixed"), reward.fixed);
    }
}

struct Units<'w, 'f, 's> {
    warnings: &'w mut Warnings<'f>,
    scope: &'s Scope<'s>,
}

impl Units<'_, '_, '_> {
    fn spend_tiers(&mut self, path: &Path, tiers: &[SpendTierDocument]) {
        for (index, tier) in tiers.iter().enumerate() {
            let path = path.at(index);
            self.amount(path.key("from"), Some(tier.from));
            self.share(path.key("percent_bp"), tier.percent_bp);
            self.amount(path.key("fixed"), tier.fixed);
        }
    }

    fn share(&mut self, path: Path, rate: Option<u32>) {
        let Some(rate) = rate.filter(|rate| (1..ONE_PERCENT_BP).contains(rate)) else {
            return;
        };
        let what = format!("{rate} is {}", percent(rate));
        let remedy = format!("write {} for {rate} %", rate.saturating_mul(100));
        self.warnings.add("percent_tiny", path, what, &remedy);
    }

    fn amount(&mut self, path: Path, amount: Option<i64>) {
        let letters = &self.scope.document.currency;
        let Some(currency) = Currency::from_code(letters) else {
            return;
        };
        let one = currency.minor_per_major();
        let Some(minor) = amount.filter(|minor| (1..one).contains(minor)) else {
            return;
        };
        let exponent = currency.exponent();
        let is = Decimal::new(minor, exponent.into());
        let what = format!("{minor} is {is} {letters}: amounts are in minor units");
        let remedy = format!("write {} for {minor} {letters}", minor.saturating_mul(one));
        self.warnings.add("amount_tiny", path, what, &remedy);
    }
}
