//! What follows from undoing a sale beside the money, in words: points, debt, codes, rewards.

use std::collections::BTreeMap;

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
    /// Spent points of the sale that came back before.
    pub(super) returned: i64,
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
    said.extend(given_back(ear, undone, given));
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

/// The spent points that come back: a sentence for each thing that they were spent on, and until when
/// they can be used.
fn given_back(ear: &Ear<'_>, undone: &Undone<'_>, lots: &[LotDocument]) -> Vec<UndoEffect> {
    let points: i64 = lots.iter().map(|lot| lot.points).sum();
    if points == 0 {
        return Vec::new();
    }
    let sale = undone.sale;
    let paid = sale.points_redeemed.iter();
    let paid = paid.map(|paid| (paid.points, "undo.points_given.paid", String::new()));
    let rewards = sale.rewards.iter().map(|used| {
        let name = reward_name(ear, &used.reward).to_owned();
        (used.points, "undo.points_given.reward", name)
    });
    let spent: Vec<(i64, &str, String)> = paid.chain(rewards).collect();
    let amounts: Vec<i64> = spent.iter().map(|(points, ..)| *points).collect();
    let before = split(&amounts, undone.returned);
    let after = split(&amounts, undone.returned + points);
    let parts = after
        .iter()
        .zip(before)
        .map(|(after, before)| after - before);
    let said = spent.iter().zip(parts).filter(|(_, part)| *part > 0);
    let said = said.map(|((spent, key, reward), part)| {
        let parameters = [
            ("points", words::number(ear.language, part)),
            ("spent", words::number(ear.language, *spent)),
            ("reward", reward.clone()),
        ];
        ear.good(key, &parameters)
    });
    said.chain([until(ear, lots)]).collect()
}

/// `returned` points over the amounts that were spent, in proportion: what comes back for one thing never
/// depends on how many parts came back before.
fn split(spent: &[i64], returned: i64) -> Vec<i64> {
    let total: i128 = spent.iter().map(|points| i128::from(*points)).sum();
    let mut reached = 0_i128;
    let mut given = 0_i128;
    let parts = spent.iter().map(|points| {
        reached += i128::from(*points);
        let up_to = reached * i128::from(returned) / total.max(1);
        let part = up_to - given;
        given = up_to;
        i64::try_from(part).unwrap_or(0)
    });
    parts.collect()
}

/// Until when points that come back can be used: their own day, or where that is over, a few days more.
fn until(ear: &Ear<'_>, lots: &[LotDocument]) -> UndoEffect {
    let mut days: BTreeMap<(NaiveDate, bool), i64> = BTreeMap::new();
    for lot in lots {
        let is_over = Lot::from(lot).days.is_over(ear.day);
        let until = Lot::from(lot).days.given_back_on(ear.day).expires_on;
        *days.entry((until, is_over)).or_default() += lot.points;
    }
    let is_one = days.len() == 1;
    let said = days.into_iter().map(|((until, is_over), points)| {
        let more = i64::try_from(RETURN_DAYS).unwrap_or(0);
        let parameters = [
            ("points", words::number(ear.language, points)),
            ("days", words::number(ear.language, more)),
            ("day", words::day(ear.language, until)),
        ];
        let key = match (is_over, is_one) {
            (true, _) => "undo.points_until.expired",
            (false, true) => "undo.points_until",
            (false, false) => "undo.points_until.part",
        };
        ear.plain(key, &parameters).sentence
    });
    let said: Vec<String> = said.collect();
    UndoEffect {
        tone: "plain".to_owned(),
        sentence: said.join(" "),
    }
}

/// Each code that the sale had used up: whether it can be used again, and why not. A code that was made
/// for a reward of this sale is the reward, of which more is said.
fn of_codes(ear: &Ear<'_>, undone: &Undone<'_>) -> Vec<UndoEffect> {
    let rewards = &undone.sale.rewards;
    let is_reward = |text: &str| rewards.iter().any(|reward| reward.code == text);
    let codes = undone.sale.codes.iter();
    let used = codes.filter(|code| code.consumed && !is_reward(&code.text));
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
        let parameters = [("reward", reward_name(ear, &used.reward).to_owned())];
        if undone.rewards.contains(&used.reward) {
            ear.good("undo.reward_back", &parameters)
        } else {
            ear.plain("undo.reward_kept", &parameters)
        }
    });
    said.collect()
}

/// What people call a reward.
fn reward_name<'a>(ear: &'a Ear<'_>, slug: &'a str) -> &'a str {
    let mut rewards = ear.rules.document.rewards.iter();
    let known = rewards.find(|reward| reward.slug == slug);
    known.map_or(slug, |reward| &reward.name)
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

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn what_comes_back_is_split_in_proportion_and_adds_up_over_all_parts() {
        assert_eq!(split(&[200, 500], 298), [85, 213]);
        assert_eq!(split(&[200, 500], 700), [200, 500]);
        for returned in 0..=700 {
            assert_eq!(
                split(&[200, 0, 500], returned).iter().sum::<i64>(),
                returned
            );
        }
        assert_eq!(split(&[], 0), [0; 0]);
    }
}
