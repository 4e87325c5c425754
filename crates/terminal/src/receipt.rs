//! The receipt of a sale on paper.

use chrono::NaiveDate;
use mostrador_loyalty::code::CodeText;
use mostrador_loyalty::program::Factor;
use mostrador_protocol::entry::{SaleCode, SaleCompleted};

use crate::gives::gives;
use crate::paper::{Paper, on_paper};
use crate::rules::Rules;
use crate::speaker::Speaker;
use crate::view::{BadgeView, Language};
use crate::{sentence, words};

/// What the receipt says beside the sale itself.
#[derive(Debug)]
pub(crate) struct Surroundings<'a> {
    pub(crate) tenant_name: &'a str,
    pub(crate) store_name: &'a str,
    pub(crate) cashier_name: &'a str,
    pub(crate) customer: Option<Customer<'a>>,
    /// Whether the server has it, or will in a moment.
    pub(crate) is_sent: bool,
    /// Whether the sale was printed before.
    pub(crate) is_copy: bool,
}

/// The customer after the sale.
#[derive(Debug)]
pub(crate) struct Customer<'a> {
    pub(crate) name: &'a str,
    /// Name of the tier before the sale, which multiplied its points.
    pub(crate) tier: Option<&'a str>,
    /// What could be spent before the sale; none on a copy.
    pub(crate) before: Option<i64>,
    pub(crate) balance: i64,
    /// Points owed that this sale's paid.
    pub(crate) debt_paid: i64,
    pub(crate) debt: i64,
    /// The points that go first, and their last day.
    pub(crate) next_to_expire: Option<(i64, NaiveDate)>,
    /// Name of the tier that this sale reached.
    pub(crate) tier_up: Option<&'a str>,
    /// The badges that this sale won.
    pub(crate) badges: &'a [BadgeView],
    /// "340 points to Gold".
    pub(crate) progress: Option<&'a str>,
    /// "Gold until ..."; may be empty.
    pub(crate) grace: &'a str,
}

/// Lays the receipt of `sale` out; `rules` are those that priced it.
pub(crate) fn layout(
    language: Language,
    rules: &Rules,
    sale: &SaleCompleted,
    around: &Surroundings<'_>,
) -> String {
    let mut paper = Paper::new(language, rules);
    head(&mut paper, sale, around);
    lines(&mut paper, sale);
    totals(&mut paper, sale);
    points(&mut paper, sale, around.customer.as_ref());
    paper.rule();
    paper.centred(&paper.say("receipt.not_an_invoice", &[]));
    if !around.is_sent {
        paper.centred(&paper.say("receipt.kept", &[]));
    }
    paper.centred(&paper.say("receipt.thanks", &[]));
    paper.into_text()
}

fn head(paper: &mut Paper<'_>, sale: &SaleCompleted, around: &Surroundings<'_>) {
    paper.centred(around.tenant_name);
    paper.centred(around.store_name);
    if around.is_copy {
        paper.centred(&paper.say("receipt.copy", &[]));
    }
    let number = paper.say("receipt.number", &[("receipt", &sale.receipt)]);
    paper.row(&number, "");
    let moment = words::moment(paper.language, sale.local_time);
    paper.row(&moment, "");
    let cashier = paper.say("receipt.cashier", &[("name", around.cashier_name)]);
    paper.row(&cashier, "");
    if let Some(customer) = &around.customer {
        let name = paper.say("receipt.customer", &[("name", customer.name)]);
        paper.row(&name, "");
    }
}

fn lines(paper: &mut Paper<'_>, sale: &SaleCompleted) {
    paper.rule();
    for line in &sale.lines {
        paper.row(&line.name, "");
        let quantity = words::decimal(paper.language, line.quantity);
        let unit = paper.money(line.unit_price);
        let gross = paper.money(line.gross);
        paper.row(&format!("  {quantity} × {unit}"), &gross);
    }
}

fn totals(paper: &mut Paper<'_>, sale: &SaleCompleted) {
    paper.rule();
    if sale.discount > 0 || !sale.codes.is_empty() {
        paper.figure("receipt.subtotal", sale.gross);
    }
    if let Some(tier) = &sale.tier_discount {
        let name = paper.rules.tier_name(&tier.tier).to_owned();
        let name = paper.say("receipt.tier_discount", &[("tier", &name)]);
        let amount = paper.money(-tier.amount);
        paper.row(&name, &amount);
    }
    for code in &sale.codes {
        if code.amount > 0 {
            let amount = paper.money(-code.amount);
            paper.row(code.scanned(), &amount);
        } else {
            paper.row(code.scanned(), "");
            let gives = if code.consumed {
                given(paper, sale, code)
            } else {
                paper.say("receipt.no_effect", &[])
            };
            paper.row(&format!("  {gives}"), "");
        }
    }
    paper.figure("receipt.total", sale.total);
    for tender in &sale.tenders {
        let key = format!("tender.{}", tender.kind);
        paper.figure(&key, tender.amount);
    }
    if sale.change > 0 {
        paper.figure("receipt.change", sale.change);
    }
}

fn points(paper: &mut Paper<'_>, sale: &SaleCompleted, customer: Option<&Customer<'_>>) {
    let Some(customer) = customer else {
        return;
    };
    if paper.rules.program.points.is_none() {
        return;
    }
    let language = paper.language;
    paper.rule();
    if let Some(points) = &sale.points {
        let earned = words::number(language, points.earned);
        paper.row(&paper.say("receipt.points_earned", &[]), &earned);
        let base = on_paper(&sentence::points_base(language, paper.rules, points));
        paper.row(&format!("  {base}"), "");
        for factor in &points.factors {
            let factor = Factor {
                name: factor.name.clone(),
                multiplier: factor.multiplier,
            };
            let factor = sentence::factor(language, &factor, customer.tier);
            paper.row(&format!("  {factor}"), "");
        }
        if points.bonus != 0 {
            let bonus = words::number(language, points.bonus);
            let name = paper.say("receipt.points_bonus", &[]);
            paper.row(&format!("  {name}"), &bonus);
        }
        if points.earned > 0 {
            let day = words::day(language, points.expires_on);
            let day = paper.say("receipt.points_expire", &[("day", &day)]);
            paper.row(&format!("  {day}"), "");
        }
    }
    spent(paper, sale);
    balance(paper, sale, customer);
}

/// Points spent, as money and on each reward.
fn spent(paper: &mut Paper<'_>, sale: &SaleCompleted) {
    let language = paper.language;
    let number = |points: i64| words::number(language, points);
    let total: i64 = sale.redeemed().iter().map(|lot| lot.points).sum();
    if total == 0 {
        return;
    }
    paper.row(&paper.say("receipt.points_spent", &[]), &number(-total));
    if let Some(tender) = &sale.points_redeemed {
        let name = paper.say("receipt.points_as_money", &[]);
        paper.row(&format!("  {name}"), &number(tender.points));
    }
    for reward in &sale.rewards {
        let mut known = paper.rules.program.rewards.iter();
        let name = known
            .find(|known| known.slug == reward.reward)
            .map_or(reward.reward.as_str(), |known| known.name.as_str());
        paper.row(&format!("  {name}"), &number(reward.points));
    }
}

/// The balance before and after, what was owed, what goes first, and where the customer stands.
fn balance(paper: &mut Paper<'_>, sale: &SaleCompleted, customer: &Customer<'_>) {
    let language = paper.language;
    let number = |points: i64| words::number(language, points);
    if customer.debt_paid > 0 {
        let paid = number(-customer.debt_paid);
        paper.row(&paper.say("receipt.debt_paid", &[]), &paid);
    }
    if let Some(before) = customer.before {
        paper.row(&paper.say("receipt.balance_before", &[]), &number(before));
    }
    let balance = number(customer.balance);
    paper.row(&paper.say("receipt.balance", &[]), &balance);
    if customer.debt > 0 {
        paper.row(&paper.say("receipt.debt", &[]), &number(customer.debt));
    }
    // What this sale earned says its own last day above.
    let earned_here = sale.points.as_ref().filter(|points| points.earned > 0);
    let said_above = earned_here.map(|points| points.expires_on);
    let next = customer.next_to_expire;
    if let Some((points, day)) = next.filter(|(_, day)| Some(*day) != said_above) {
        let (points, day) = (number(points), words::day(language, day));
        let parameters = [("points", points.as_str()), ("day", &day)];
        paper.row(&paper.say("receipt.next_to_expire", &parameters), "");
    }
    for badge in customer.badges {
        let won = paper.say("receipt.badge", &[("badge", &badge.name)]);
        paper.row(&won, "");
    }
    let risen = customer
        .tier_up
        .map(|tier| paper.say("receipt.tier_up", &[("tier", tier)]));
    let standing = [risen.as_deref(), Some(customer.grace), customer.progress];
    for sentence in standing.into_iter().flatten().filter(|it| !it.is_empty()) {
        paper.row(sentence, "");
    }
}

/// What a code that took nothing off gave instead; products are called what the sale calls them.
fn given(paper: &Paper<'_>, sale: &SaleCompleted, code: &SaleCode) -> String {
    let lines = sale.lines.iter();
    let products = lines.map(|line| (line.product.clone(), line.name.clone()));
    let speaker = Speaker {
        language: paper.language,
        rules: paper.rules,
        products: &products.collect(),
        own: &[],
    };
    let listed = CodeText::parse(&code.text).and_then(|text| paper.rules.program.code(&text));
    let gives = if let Some(listed) = listed {
        gives(&speaker, listed)
    } else {
        // It is handed over: a reward of this sale, or a coupon that was bought before.
        let mut bought = sale.rewards.iter();
        let bought = bought.find(|bought| bought.code == code.text);
        let name = bought.and_then(|bought| paper.rules.reward_name(&bought.reward));
        name.map_or_else(|| paper.say("gives.handed_over", &[]), str::to_owned)
    };
    on_paper(&gives)
}
