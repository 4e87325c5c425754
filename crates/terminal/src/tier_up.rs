//! The sale that takes its customer to a higher tier.

use mostrador_loyalty::account::Account;
use mostrador_loyalty::tier::{moved, standing};
use mostrador_loyalty::time::Moment;

use crate::message::say;
use crate::redeem::tier_view;
use crate::rules::Rules;
use crate::view::{Language, TierUpView};

/// What to show when the account before a sale and after it stand in different tiers, the later one
/// higher.
pub(crate) fn moment(
    language: Language,
    rules: &Rules,
    (before, after): (&Account, &Account),
    now: Moment,
) -> Option<TierUpView> {
    let tiers = rules.program.tiers.as_ref()?;
    let day = now.local_day();
    let step = moved(tiers, before, after, day).filter(|step| step.is_up)?;
    let tier = tier_view(language, &standing(tiers, after, day)?);
    let parameters = [("tier", step.to.name.as_str())];
    Some(TierUpView {
        sentence: say(language, "tier.up", &parameters),
        tier,
    })
}
