//! Levels that are worth less than the one below.

use super::points::odd_factor;
use super::{Path, Scope, Warnings, percent};

pub(super) fn look(warnings: &mut Warnings<'_>, scope: &Scope<'_>) {
    let Some(tiers) = &scope.document.tiers else {
        return;
    };
    let path = Path::default().key("tiers").key("levels");
    for (index, level) in tiers.levels.iter().enumerate() {
        odd_factor(warnings, path.at(index).key("multiplier"), level.multiplier);
    }
    for (index, pair) in tiers.levels.windows(2).enumerate() {
        let [below, level] = pair else { continue };
        let path = path.at(index + 1);
        let remedy = "give a higher level at least what the one below has";
        if level.discount_bp < below.discount_bp {
            let what = format!(
                "{} off, less than the {} of {}",
                percent(level.discount_bp),
                percent(below.discount_bp),
                below.slug
            );
            warnings.add("tier_gives_less", path.key("discount_bp"), what, remedy);
        }
        if level.multiplier < below.multiplier {
            let what = format!(
                "{} is less than the {} of {}",
                level.multiplier, below.multiplier, below.slug
            );
            warnings.add("tier_gives_less", path.key("multiplier"), what, remedy);
        }
    }
}
