//! What follows from undoing a sale beside the money, in words: points, debt, codes, rewards.

use chrono::NaiveDate;
use mostrador_loyalty::account::{Account, Lot, RETURN_DAYS};
use mostrador_loyalty::refund::Undoing;
use mostrador_protocol::account::LotDocument;
use mostrador_protocol::entry::{CodeGivenBack, Effects, PointsUndone, SaleCompleted};

use crate::message::say;
use crate::rules::Rules;
use crate::view::{Language, UndoEffect};
use crate::words;

/// A sale with what undoes it.
pub(super) struct Undone<'a> {
    pub(super) sale: &'a SaleCompleted,
    pub(super) how: Undoing,
    pub(super) points: Option<&'a PointsUndone>,
    pub(super) codes: &'a [CodeGivenBack],
    pub(super) rewards: &'a [String],
    /// What the entry does.
    pub(super) effects: Effects,
}

/// Who hears it, by which rules and on which local day.
pub(super) struct Ear<'a> {
    pub(super) language: Language,
    pub(super) rules: &'a Rules,
    pub(super) day: NaiveDate,
}

/// Everything that follows; `account` is the customer's as it stands.
pub(super) fn effects(
    ear: &Ear<'_>,
    undone: &Undone<'_>,
    account: Option<&Account>,
) -> Vec<UndoEffect> {
    let mut said = Vec::new();
    if let Some(account) = account {
        said.extend(of_points(ear, undone, account));
    }
    said.extend(of_codes(ear, undone));
    said.extend(of_rewards(ear, undone));
    said
}

fn of_points(ear: &Ear<'_>, undone: &Undone<'_>, account: &Account) -> Vec<UndoEffect> {
    let mut said = Vec::new();
    let number = |points: i64| words::number(ear.language, points);
    let taken = undone.points.map_or(0, |points| points.taken_back);
    if taken > 0 {
        let earned = undone
            .sale
            .points
            .as_ref()
            .map_or(0, |points| points.earned);
        let parameters = [("points", number(taken)), ("earned", number(earned))];
        said.push(ear.warn("undo.points_taken", &parameters));
    }
    let given = undone.points.map_or(&[][..], |points| &points.given_back);
    said.extend(given.iter().map(|lot| given_back(ear, lot)));
    let mut after = account.clone();
    for (_, fact) in &undone.effects.accounts {
        after.apply(fact);
    }
    if after.debt > account.debt {
        let parameters = [("points", number(after.debt))];
        said.push(ear.warn("undo.debt", &parameters));
    }
    if taken > 0 || !given.is_empty() {
        let balance = after.available(ear.day);
        said.push(ear.plain("undo.balance", &[("points", number(balance))]));
    }
    said
}

/// Where a share of spent points goes: its lot, or where that is over, a few days more.
fn given_back(ear: &Ear<'_>, share: &LotDocument) -> UndoEffect {
    let lot = Lot::from(share);
    let points = words::number(ear.language, share.points);
    if lot.days.is_over(ear.day) {
        let days = i64::try_from(RETURN_DAYS).unwrap_or(0);
        let until = lot.days.given_back_on(ear.day).expires_on;
        let parameters = [
            ("points", points),
            ("days", words::number(ear.language, days)),
            ("day", words::day(ear.language, until)),
        ];
        return ear.good("undo.points_given.expired", &parameters);
    }
    let day = words::day(ear.language, share.expires_on);
    ear.good("undo.points_given", &[("points", points), ("day", day)])
}

/// Each code that the sale had used up: whether it can be used again, and why not. The code of a reward
/// bought for this sale was made for it: what becomes of the reward is said of the reward.
fn of_codes(ear: &Ear<'_>, undone: &Undone<'_>) -> Vec<UndoEffect> {
    let is_reward = |text: &str| {
        let mut rewards = undone.sale.rewards.iter();
        rewards.any(|reward| reward.code == text)
    };
    let used = undone.sale.codes.iter();
    let used = used.filter(|code| code.consumed && !is_reward(&code.text));
    let said = used.map(|code| {
        let is_back = undone.codes.iter().any(|back| back.text == code.text);
        let parameters = [("code", code.scanned().to_owned())];
        match (is_back, undone.how) {
            (true, _) => ear.good("undo.code_back", &parameters),
            (false, Undoing::PartReturn) => ear.plain("undo.code_kept.part", &parameters),
            (false, _) => ear.plain("undo.code_kept.void_only", &parameters),
        }
    });
    said.collect()
}

fn of_rewards(ear: &Ear<'_>, undone: &Undone<'_>) -> Vec<UndoEffect> {
    let used = undone.sale.rewards.iter();
    let said = used.map(|used| {
        let rewards = &ear.rules.document.rewards;
        let known = rewards.iter().find(|reward| reward.slug == used.reward);
        let name = known.map_or(&used.reward, |reward| &reward.name);
        let parameters = [("reward", name.clone())];
        if undone.rewards.contains(&used.reward) {
            ear.good("undo.reward_back", &parameters)
        } else {
            ear.plain("undo.reward_kept", &parameters)
        }
    });
    said.collect()
}

impl Ear<'_> {
    fn said(&self, tone: &str, key: &str, parameters: &[(&str, String)]) -> UndoEffect {
        let parameters: Vec<(&str, &str)> = parameters
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        UndoEffect {
            tone: tone.to_owned(),
            sentence: say(self.language, key, &parameters),
        }
    }

    fn good(&self, key: &str, parameters: &[(&str, String)]) -> UndoEffect {
        self.said("good", key, parameters)
    }

    fn warn(&self, key: &str, parameters: &[(&str, String)]) -> UndoEffect {
        self.said("warn", key, parameters)
    }

    fn plain(&self, key: &str, parameters: &[(&str, String)]) -> UndoEffect {
        self.said("plain", key, parameters)
    }
}
