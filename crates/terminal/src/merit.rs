//! Badges, challenges and the score of a customer, in words.
//!
//! What was won is what the account holds; what is on the way is counted here by the same rules by which
//! the server awards it (`loyalty::badge`), so that a till without a connection knows as much.

use chrono::{Datelike, NaiveDate, Weekday};
use mostrador_loyalty::account::Account;
use mostrador_loyalty::badge::{Badge, BadgeRule, Progress};
use mostrador_loyalty::score::{Part, PartKind, score};
use mostrador_protocol::program::Labelled;

use crate::message::say;
use crate::rules::Rules;
use crate::view::{BadgeView, ChallengeView, Language, MeritView, ScorePartView, ScoreView};
use crate::words;

/// Whose merits are told, and when.
#[derive(Clone, Copy)]
pub(crate) struct Merit<'a> {
    pub(crate) language: Language,
    pub(crate) rules: &'a Rules,
    pub(crate) account: &'a Account,
    /// The local day.
    pub(crate) day: NaiveDate,
}

impl Merit<'_> {
    /// All of it.
    pub(crate) fn view(&self) -> MeritView {
        MeritView {
            badges: self.badges(),
            challenges: self.challenges(),
            score: self.score(),
        }
    }

    /// What was won and is still in the program, the latest first.
    pub(crate) fn badges(&self) -> Vec<BadgeView> {
        let bought_ms = self.account.last_purchase_ms;
        let bought_on = bought_ms.map(|at_ms| self.rules.moment(at_ms).local_day());
        let held = |badge: &Badge| Some(*self.account.badges.get(&badge.slug)?);
        let badges = self.rules.program.badges.iter();
        let mut won: Vec<_> = badges
            .filter_map(|badge| Some((held(badge)?, badge)))
            .collect();
        won.sort_by_key(|(day, _)| std::cmp::Reverse(*day));
        let views = won.into_iter().map(|(day, badge)| {
            let said = words::day(self.language, day);
            BadgeView {
                slug: badge.slug.clone(),
                name: badge.name.clone(),
                sentence: self.say("merit.won", &[("day", &said)]),
                is_new: bought_on.is_none_or(|bought_on| day >= bought_on),
            }
        });
        views.collect()
    }

    /// What nobody has told the customer yet, to be said when they are identified; may be empty.
    pub(crate) fn news(&self) -> String {
        let badges = self.badges().into_iter();
        let names: Vec<String> = badges
            .filter(|badge| badge.is_new)
            .map(|badge| badge.name)
            .collect();
        if names.is_empty() {
            return String::new();
        }
        let names = words::list(self.language, &names);
        self.say("merit.news", &[("badges", &names)])
    }

    /// What can be won today: challenges of these days first, then whatever is nearest.
    pub(crate) fn challenges(&self) -> Vec<ChallengeView> {
        let day = self.day;
        let is_open = |badge: &&Badge| {
            let (from, until) = (badge.period.from, badge.period.until);
            let is_on = from.is_none_or(|from| from <= day) && until.is_none_or(|last| day <= last);
            is_on && !self.account.badges.contains_key(&badge.slug)
        };
        let badges = self.rules.program.badges.iter().filter(is_open);
        let mut open: Vec<_> = badges
            .map(|badge| (!badge.is_challenge(), self.challenge(badge)))
            .collect();
        open.sort_by_key(|(is_lasting, view)| (*is_lasting, std::cmp::Reverse(view.progress_bp)));
        open.into_iter().map(|(_, view)| view).collect()
    }

    /// What a sale has won, of which `before` was the account: the server awards it when it has the sale.
    pub(crate) fn won_since(&self, before: &Account) -> Vec<BadgeView> {
        let badges = self.rules.program.badges.iter();
        let won = badges.filter(|badge| {
            !self.account.badges.contains_key(&badge.slug)
                && badge.progress(self.account).is_reached()
                && !badge.progress(before).is_reached()
        });
        let views = won.map(|badge| {
            let name = [("badge", badge.name.as_str())];
            let gives = self.gives(badge);
            let sentence = self.say("merit.just_won", &name);
            BadgeView {
                slug: badge.slug.clone(),
                name: badge.name.clone(),
                sentence: if gives.is_empty() {
                    sentence
                } else {
                    let gives = [("gives", gives.as_str())];
                    format!("{sentence} {}", self.say("merit.just_won.gives", &gives))
                },
                is_new: true,
            }
        });
        views.collect()
    }

    fn challenge(&self, badge: &Badge) -> ChallengeView {
        let progress = badge.progress(self.account);
        let needed = i128::from(progress.needed.max(1));
        let done = i128::from(progress.done).clamp(0, needed);
        let sentence = if progress.is_reached() {
            self.say("merit.reached", &[])
        } else {
            let way = self.way(badge, progress);
            match badge.period.until {
                Some(until) => format!("{way} {}", self.period(badge, until)),
                None => way,
            }
        };
        ChallengeView {
            slug: badge.slug.clone(),
            name: badge.name.clone(),
            progress_bp: u32::try_from(done * 10_000 / needed).unwrap_or(0),
            sentence,
            gives: self.gives(badge),
        }
    }

    /// "2 de 3 compras".
    fn way(&self, badge: &Badge, progress: Progress) -> String {
        let Progress { done, needed } = progress;
        let number = |value: i64| words::number(self.language, value);
        let (key, more) = match &badge.rule {
            BadgeRule::Visits(_) => ("merit.visits", String::new()),
            BadgeRule::Spend(_) => {
                let money = |minor: i64| self.rules.money.short(self.language, minor);
                let parameters = [("done", &*money(done)), ("needed", &*money(needed))];
                return self.say("merit.spend", &parameters);
            }
            BadgeRule::StreakDays(_) => ("merit.streak_days", String::new()),
            BadgeRule::StreakWeeks(_) => ("merit.streak_weeks", String::new()),
            BadgeRule::Tried(_) => ("merit.tried", String::new()),
            BadgeRule::Categories(all) => {
                let missing = all.difference(&self.account.categories);
                let named: Option<Vec<String>> = missing.map(|slug| self.category(slug)).collect();
                match named {
                    Some(named) => ("merit.categories", words::list(self.language, &named)),
                    None => ("merit.tried", String::new()),
                }
            }
            BadgeRule::CodeUsed { code, .. } => ("merit.code_used", code.as_str().to_owned()),
        };
        let (done, needed) = (number(done), number(needed));
        let parameters = [
            ("done", done.as_str()),
            ("needed", &needed),
            ("missing", &more),
            ("code", &more),
        ];
        self.say(key, &parameters)
    }

    /// "esta semana", where the whole challenge lies in it.
    fn period(&self, badge: &Badge, until: NaiveDate) -> String {
        let week = self.day.week(Weekday::Mon);
        let begins_in_week = badge.period.from >= week.checked_first_day();
        let ends_in_week = week.checked_last_day().is_some_and(|last| until <= last);
        if begins_in_week && ends_in_week {
            return self.say("merit.period.week", &[]);
        }
        let is_month = badge.period.from == self.day.with_day(1)
            && until.succ_opt().is_some_and(|next| next.day() == 1)
            && (until.year(), until.month()) == (self.day.year(), self.day.month());
        if is_month {
            return self.say("merit.period.month", &[]);
        }
        let day = words::day(self.language, until);
        self.say("merit.period.until", &[("day", &day)])
    }

    /// "50 puntos · abre VIPCOSTA".
    fn gives(&self, badge: &Badge) -> String {
        let mut gives = Vec::new();
        if badge.bonus_points > 0 {
            let points = words::number(self.language, badge.bonus_points);
            gives.push(self.say("merit.gives.points", &[("points", &points)]));
        }
        let codes = self.rules.document.codes.iter();
        let opened: Vec<String> = codes
            .filter(|code| code.active && code.badge.as_deref() == Some(badge.slug.as_str()))
            .map(|code| code.text.clone())
            .collect();
        if !opened.is_empty() {
            let codes = words::list(self.language, &opened);
            gives.push(self.say("merit.gives.codes", &[("codes", &codes)]));
        }
        gives.join(" · ")
    }

    fn score(&self) -> Option<ScoreView> {
        let rules = self.rules.program.score.as_ref()?;
        let score = score(rules, self.account, self.day);
        let tiers = self.rules.program.tiers.as_ref();
        let makes_tiers = tiers.is_some_and(|tiers| tiers.basis.is_score());
        let parts = score.parts.iter().filter(|part| part.weight.0 > 0);
        Some(ScoreView {
            total: score.total,
            note: if makes_tiers {
                self.say("score.makes_tiers", &[])
            } else {
                String::new()
            },
            parts: parts
                .map(|part| self.part(part, rules.window_days))
                .collect(),
        })
    }

    fn part(&self, part: &Part, window_days: u32) -> ScorePartView {
        let number = |value: i64| words::number(self.language, value);
        let (name, key) = match (part.kind, part.input) {
            (PartKind::Frequency, _) => ("score.name.frequency", "score.frequency"),
            (PartKind::Amount, _) => ("score.name.amount", "score.amount"),
            (PartKind::Recency, None) => ("score.name.recency", "score.recency.none"),
            (PartKind::Recency, Some(0)) => ("score.name.recency", "score.recency.today"),
            (PartKind::Recency, Some(1)) => ("score.name.recency", "score.recency.yesterday"),
            (PartKind::Recency, _) => ("score.name.recency", "score.recency"),
            (PartKind::Variety, _) => ("score.name.variety", "score.variety"),
            (PartKind::Referrals, _) => ("score.name.referrals", "score.referrals"),
        };
        let figure = |value: i64| match part.kind {
            PartKind::Amount => self.rules.money.short(self.language, value),
            _ => number(value),
        };
        let (input, target) = (figure(part.input.unwrap_or(0)), figure(part.target));
        let days = number(window_days.into());
        let parameters = [
            ("input", input.as_str()),
            ("target", &target),
            ("days", &days),
        ];
        let share = words::percent(self.language, part.weight);
        ScorePartView {
            kind: part.kind.code().to_owned(),
            name: self.say(name, &[]),
            score: part.score,
            sentence: self.say(key, &parameters),
            weight: self.say("score.weight", &[("percent", &share)]),
        }
    }

    fn category(&self, slug: &str) -> Option<String> {
        let category = Labelled::Category(slug);
        let label = self.rules.document.label(category, self.language.tag())?;
        Some(label.to_owned())
    }

    fn say(&self, key: &str, parameters: &[(&str, &str)]) -> String {
        say(self.language, key, parameters)
    }
}
