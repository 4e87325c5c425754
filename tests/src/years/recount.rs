//! Points counted one by one, from the raw JSON of the entries and the text of the rules: a second
//! opinion that shares no code with the fold.
//!
//! A point is a coin with three days on it. Coins are earned, handed over soonest end first, taken back,
//! given back with the days they had, and put aside when their last day is over. What cannot be taken is
//! owed, and the next coins pay it.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;
use serde_json::Value;

/// The days of a coin: last one, earned on, first one. The order is the order of spending.
pub(super) type Coin = (NaiveDate, NaiveDate, NaiveDate);

/// What one person has, and how it came about.
#[derive(Debug, Clone, Default)]
pub(super) struct Purse {
    /// In order.
    pub(super) coins: Vec<Coin>,
    /// Put aside when they were over.
    aside: Vec<Coin>,
    /// Owed.
    pub(super) debt: i64,
    /// Sales that stand.
    pub(super) sales: i64,
    /// Minor units paid and not given back.
    pub(super) spent: i64,
    earned: i64,
    taken_back: i64,
    redeemed: i64,
    given_back: i64,
    adjusted: i64,
    referral: i64,
    expired: i64,
}

/// What came back of a sale, never more than it had.
#[derive(Debug, Clone, Default)]
struct Returned {
    thousandths: Vec<i128>,
    money: i128,
    taken_back: i128,
    given_back: i128,
    is_voided: bool,
    is_undone: bool,
}

/// What one undoing of a sale comes to.
#[derive(Debug, PartialEq, Eq)]
struct Undone {
    money: i128,
    taken_back: i128,
    given_back: Vec<Coin>,
    is_full: bool,
}

/// Everybody's purses.
#[derive(Debug, Default)]
pub(super) struct Recount {
    purses: BTreeMap<String, Purse>,
    /// Who has the purse of a record that another took over.
    holders: BTreeMap<String, String>,
    sales: BTreeMap<String, Value>,
    returned: BTreeMap<String, Returned>,
    /// Uses of each code that stand, and what they took off.
    pub(super) codes: BTreeMap<String, (i64, i64)>,
    /// What the entries say that the rules do not.
    pub(super) faults: Vec<String>,
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or("")
}

fn number(value: &Value, key: &str) -> i64 {
    value[key].as_i64().unwrap_or(0)
}

fn day(text: &str) -> NaiveDate {
    let date = text.get(..10).and_then(|date| date.parse().ok());
    date.unwrap_or(NaiveDate::MIN)
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// The coins of a lot as an entry writes it.
fn coins(lot: &Value) -> impl Iterator<Item = Coin> + use<> {
    let earned = day(text(lot, "earned_on"));
    let usable = lot["usable_from"].as_str().map_or(earned, day);
    let coin = (day(text(lot, "expires_on")), earned, usable);
    let points = usize::try_from(number(lot, "points")).unwrap_or(0);
    std::iter::repeat_n(coin, points)
}

fn thousandths(quantity: &Value) -> i128 {
    let quantity = quantity
        .as_str()
        .and_then(|text| text.parse::<Decimal>().ok());
    let thousand = quantity.unwrap_or_default() * Decimal::ONE_THOUSAND;
    thousand.trunc().mantissa() / 10_i128.pow(thousand.trunc().scale())
}

impl Purse {
    /// Earned less taken back, less spent, given back, given by hand and for referrals, less expired.
    pub(super) const fn sum(&self) -> i64 {
        self.earned - self.taken_back - self.redeemed
            + self.given_back
            + self.adjusted
            + self.referral
            - self.expired
    }

    fn gain(&mut self, coins: impl Iterator<Item = Coin>) -> i64 {
        let mut gained = 0;
        for coin in coins {
            gained += 1;
            if self.debt > 0 {
                self.debt -= 1;
            } else {
                let place = self.coins.partition_point(|held| *held <= coin);
                self.coins.insert(place, coin);
            }
        }
        gained
    }

    /// Spends one coin for each that is named, none that is over.
    fn spend(&mut self, on: NaiveDate, wanted: impl IntoIterator<Item = Coin>) -> i64 {
        let named = wanted.into_iter();
        self.take(on, named.map(|coin| Some(coin).filter(|coin| on <= coin.0)))
    }

    /// Takes one coin for each that is named: that very coin if it is there or was put aside; else the
    /// one that ends soonest and is not over, usable ones first; else it is owed.
    fn take(&mut self, on: NaiveDate, wanted: impl Iterator<Item = Option<Coin>>) -> i64 {
        let (mut taken, mut others) = (0, 0);
        for coin in wanted {
            taken += 1;
            let held = coin.and_then(|coin| self.coins.binary_search(&coin).ok());
            let aside = coin.and_then(|coin| self.aside.iter().position(|it| *it == coin));
            match (held, aside) {
                (Some(place), _) => {
                    self.coins.remove(place);
                }
                (None, Some(place)) => {
                    self.aside.remove(place);
                    self.expired -= 1;
                }
                (None, None) => others += 1,
            }
        }
        for _ in 0..others {
            let usable = |coin: &Coin| on <= coin.0 && coin.2 <= on;
            let pending = |coin: &Coin| on <= coin.0 && coin.2 > on;
            let first = self.coins.iter().position(usable);
            match first.or_else(|| self.coins.iter().position(pending)) {
                Some(place) => {
                    self.coins.remove(place);
                }
                None => self.debt += 1,
            }
        }
        taken
    }

    /// Coins come back with their days; one that is over lives for 15 more.
    fn regain(&mut self, on: NaiveDate, coins: Vec<Coin>) {
        let back = coins.into_iter().map(|coin| {
            if coin.0 < on {
                (on + Days::new(15), coin.1, coin.2)
            } else {
                coin
            }
        });
        let back: Vec<Coin> = back.collect();
        self.given_back += self.gain(back.into_iter());
    }

    fn put_aside(&mut self, on: NaiveDate, lot: &Value) {
        for coin in coins(lot).filter(|coin| coin.0 < on) {
            if let Ok(place) = self.coins.binary_search(&coin) {
                self.aside.push(self.coins.remove(place));
                self.expired += 1;
            }
        }
    }

    fn join(&mut self, on: NaiveDate, other: Self) {
        let owed = usize::try_from(other.debt).unwrap_or(0);
        self.gain(other.coins.into_iter());
        self.take(on, std::iter::repeat_n(None, owed));
        self.aside.extend(other.aside);
        for (sum, more) in [
            (&mut self.sales, other.sales),
            (&mut self.spent, other.spent),
            (&mut self.earned, other.earned),
            (&mut self.taken_back, other.taken_back),
            (&mut self.redeemed, other.redeemed),
            (&mut self.given_back, other.given_back),
            (&mut self.adjusted, other.adjusted),
            (&mut self.referral, other.referral),
            (&mut self.expired, other.expired),
        ] {
            *sum += more;
        }
    }
}

impl Recount {
    /// The purse of a record: empty where another has it.
    pub(super) fn purse(&self, record: &str) -> Purse {
        self.purses.get(record).cloned().unwrap_or_default()
    }

    /// Everybody's coins less what everybody owes.
    pub(super) fn everything(&self) -> i64 {
        let held = |purse: &Purse| i64::try_from(purse.coins.len()).unwrap_or(0) - purse.debt;
        self.purses.values().map(held).sum()
    }

    /// Of a variant: baskets with it, and of those that converted how many, what they paid, and what it
    /// took off.
    pub(super) fn variant(&self, text: &str) -> (u64, u64, i64, i64) {
        let (mut uses, mut conversions, mut revenue, mut discount) = (0, 0, 0, 0);
        for (id, sale) in &self.sales {
            let mut codes = list(&sale["codes"]).iter();
            let Some(code) = codes.find(|code| code["text"] == text) else {
                continue;
            };
            uses += 1;
            let is_undone = self.returned.get(id).is_some_and(|it| it.is_undone);
            if code["consumed"] == Value::Bool(true) && !is_undone {
                conversions += 1;
                revenue += number(sale, "total");
                discount += number(code, "amount");
            }
        }
        (uses, conversions, revenue, discount)
    }

    fn holder(&self, record: &str) -> String {
        match self.holders.get(record) {
            Some(next) => self.holder(next),
            None => record.to_owned(),
        }
    }

    fn of(&mut self, record: &str) -> &mut Purse {
        let holder = self.holder(record);
        self.purses.entry(holder).or_default()
    }

    /// Counts an entry that has effects, of which the server says whether they are those that the entry
    /// says itself.
    pub(super) fn count(&mut self, kind: &str, entry: &Value, is_as_said: bool) {
        if matches!(kind, "sale_refunded" | "sale_voided") {
            return self.undo(kind == "sale_voided", entry, is_as_said);
        }
        let customer = entry["customer_id"].as_str().map(str::to_owned);
        let on = day(entry["local_time"].as_str().unwrap_or(text(entry, "day")));
        match kind {
            "sale_completed" => self.sale(customer, on, entry),
            "customer_linked" => self.link(on, entry),
            "referral_bonus" => self.bonus(on, entry),
            _ => {
                let Some(customer) = customer else { return };
                let purse = self.of(&customer);
                match kind {
                    "points_adjusted" => purse.adjust(on, entry),
                    "badge_awarded" => {
                        let bonus = coins(&entry["bonus"]);
                        purse.adjusted += purse.gain(bonus);
                    }
                    "points_expired" => purse.put_aside(on, &entry["lot"]),
                    "reward_redeemed" => {
                        let lots = list(&entry["lots"]).iter().flat_map(coins);
                        purse.redeemed += purse.spend(on, lots);
                    }
                    "reward_returned" => {
                        let lots = list(&entry["lots"]).iter().flat_map(coins);
                        purse.regain(on, lots.collect());
                    }
                    _ => {}
                }
            }
        }
    }

    fn sale(&mut self, customer: Option<String>, on: NaiveDate, sale: &Value) {
        self.sales
            .insert(text(sale, "sale_id").to_owned(), sale.clone());
        self.check_earned(sale);
        for code in list(&sale["codes"]) {
            if code["consumed"] == Value::Bool(true) {
                for text in [code["text"].as_str(), code["parent"].as_str()] {
                    self.use_code(text, 1, number(code, "amount"));
                }
            }
        }
        let Some(customer) = customer else { return };
        let purse = self.of(&customer);
        purse.sales += 1;
        purse.spent += number(sale, "total");
        purse.redeemed += purse.spend(on, spent(sale));
        let points = &sale["points"];
        purse.earned += purse.gain(earned(sale, on, number(points, "earned")));
    }

    fn use_code(&mut self, code: Option<&str>, uses: i64, discount: i64) {
        if let Some(code) = code {
            let counted = self.codes.entry(code.to_owned()).or_default();
            counted.0 += uses;
            counted.1 += uses * discount;
        }
    }

    /// `floor(base in major units x per unit x every factor)`, in whole numbers.
    fn check_earned(&mut self, sale: &Value) {
        let points = &sale["points"];
        let decimal = |value: &Value| value.as_str().and_then(|text| text.parse::<Decimal>().ok());
        let Some(per_unit) = decimal(&points["per_unit"]) else {
            return;
        };
        let factors = list(&points["factors"]).iter();
        let factors = factors.filter_map(|factor| decimal(&factor["multiplier"]));
        let (mut above, mut below) = (i128::from(number(points, "base")), 100_i128);
        for factor in std::iter::once(per_unit).chain(factors) {
            above *= factor.mantissa();
            below *= 10_i128.pow(factor.scale());
        }
        let due = above / below + i128::from(number(points, "bonus"));
        if due != i128::from(number(points, "earned")) {
            self.faults
                .push(format!("a sale earned {due} by its factors: {points}"));
        }
    }

    fn undo(&mut self, is_void: bool, entry: &Value, is_as_said: bool) {
        let id = text(entry, "sale_id").to_owned();
        let Some(sale) = self.sales.get(&id).cloned() else {
            let fault = format!("of a sale that nobody made came back: {entry}");
            self.faults.push(fault);
            return;
        };
        let returned = self.returned.entry(id).or_default();
        let units = if is_void { &sale } else { entry };
        let mut undone = returned.undo(&sale, list(&units["lines"]), is_void);
        if is_void && is_as_said {
            undone.given_back.reverse();
        }
        if is_as_said {
            self.check_said(is_void, entry, &undone);
        }
        if undone.is_full && (is_void || is_as_said) {
            for code in list(&sale["codes"]) {
                let is_used = code["consumed"] == Value::Bool(true);
                for text in [&code["text"], &code["parent"]] {
                    let text = text.as_str().filter(|_| is_used);
                    self.use_code(text, -1, number(code, "amount"));
                }
            }
        }
        let Some(customer) = sale["customer_id"].as_str() else {
            return;
        };
        let on = day(text(entry, "local_time"));
        let sold_on = day(text(&sale, "local_time"));
        let whole = |number: i128| i64::try_from(number).unwrap_or(i64::MAX);
        let purse = self.of(customer);
        purse.sales -= i64::from(undone.is_full);
        purse.spent -= whole(undone.money);
        let taken = earned(&sale, sold_on, whole(undone.taken_back));
        purse.taken_back += purse.take(on, taken.map(Some));
        purse.regain(on, undone.given_back);
    }

    /// What the entry says must be what the rules come to.
    fn check_said(&mut self, is_void: bool, entry: &Value, undone: &Undone) {
        let points = &entry["points"];
        let said = Undone {
            money: number(entry, if is_void { "total" } else { "money" }).into(),
            taken_back: number(points, "taken_back").into(),
            given_back: list(&points["given_back"]).iter().flat_map(coins).collect(),
            is_full: is_void || entry["is_full"] == Value::Bool(true),
        };
        let is_nobodys = entry["customer_id"].is_null();
        let differs = if is_nobodys {
            said.money != undone.money
        } else {
            said != *undone
        };
        if differs {
            let fault = format!("{entry} should come to {undone:?}");
            self.faults.push(fault);
        }
    }

    fn bonus(&mut self, on: NaiveDate, bonus: &Value) {
        let sides = [("referrer_id", "bonus"), ("customer_id", "welcome")];
        let is_back = bonus["taken_back"] == Value::Bool(true);
        for (who, what) in sides {
            let given: Vec<Coin> = coins(&bonus[what]).collect();
            let purse = self.of(text(bonus, who));
            if is_back {
                purse.referral -= purse.take(on, given.into_iter().map(Some));
            } else {
                purse.referral += purse.gain(given.into_iter());
            }
        }
    }

    fn link(&mut self, on: NaiveDate, link: &Value) {
        let survivor = self.holder(text(link, "survivor_id"));
        let absorbed = self.holder(text(link, "absorbed_id"));
        if survivor == absorbed {
            return;
        }
        let gone = self.purses.remove(&absorbed).unwrap_or_default();
        self.of(&survivor).join(on, gone);
        self.holders.insert(absorbed, survivor);
    }
}

impl Purse {
    fn adjust(&mut self, on: NaiveDate, adjusted: &Value) {
        let points = number(adjusted, "points");
        let count = usize::try_from(points.abs()).unwrap_or(0);
        if points < 0 {
            self.adjusted -= self.take(on, std::iter::repeat_n(None, count));
        } else {
            let coin = (day(text(adjusted, "expires_on")), on, on);
            self.adjusted += self.gain(std::iter::repeat_n(coin, count));
        }
    }
}

impl Returned {
    /// Takes units back, of each line what is left of it at most. Money by line and points by money are
    /// each the floor of its whole so far; the coins spent last come back first.
    fn undo(&mut self, sale: &Value, units: &[Value], is_void: bool) -> Undone {
        let lines = list(&sale["lines"]);
        let sold = |line: &Value| thousandths(&line["quantity"]);
        self.thousandths.resize(lines.len(), 0);
        let had = self.thousandths.clone();
        if !self.is_voided {
            for (place, one) in units.iter().enumerate() {
                let named = one["line"].as_u64();
                let line = named.map_or(place, |line| usize::try_from(line).unwrap_or(place));
                if let Some(returned) = self.thousandths.get_mut(line) {
                    *returned = sold(&lines[line]).min(*returned + sold(one));
                }
            }
        }
        self.is_voided |= is_void;
        let is_full = lines.iter().map(sold).eq(self.thousandths.iter().copied());
        let net = |line: &Value| i128::from(number(line, "net"));
        let due = lines.iter().zip(&self.thousandths);
        let due: i128 = due
            .map(|(line, returned)| net(line) * returned / sold(line).max(1))
            .sum();
        let whole: i128 = lines.iter().map(net).sum();
        let share = |points: i128| match whole {
            0 => points * i128::from(is_full),
            _ => points * due / whole,
        };
        let spent = spent(sale);
        let count = i128::try_from(spent.len()).unwrap_or(0);
        let taken_back = share(number(&sale["points"], "earned").into());
        let given_back = share(count);
        let last = spent.iter().rev().copied();
        let place = |number: i128| usize::try_from(number).unwrap_or(0);
        let undone = Undone {
            money: due - self.money,
            taken_back: taken_back - self.taken_back,
            given_back: last
                .skip(place(self.given_back))
                .take(place(given_back - self.given_back))
                .collect(),
            is_full: is_full && had != self.thousandths,
        };
        (self.money, self.taken_back, self.given_back) = (due, taken_back, given_back);
        self.is_undone |= is_full;
        undone
    }
}

/// The coins spent on a sale, as tender and then on rewards.
fn spent(sale: &Value) -> Vec<Coin> {
    let tender = list(&sale["points_redeemed"]["lots"]).iter();
    let rewards = list(&sale["rewards"]).iter();
    let rewards = rewards.flat_map(|reward| list(&reward["lots"]));
    tender.chain(rewards).flat_map(coins).collect()
}

/// So many of the coins that a sale made.
fn earned(sale: &Value, on: NaiveDate, points: i64) -> impl Iterator<Item = Coin> + use<> {
    let said = &sale["points"];
    let usable = said["usable_from"].as_str().map_or(on, day);
    let coin = (day(text(said, "expires_on")), on, usable);
    std::iter::repeat_n(coin, usize::try_from(points).unwrap_or(0))
}
