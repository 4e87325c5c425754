//! The whole counter as the screen shows it.

use std::sync::MutexGuard;

use mostrador_ledger as ledger;
use mostrador_ledger::Connection;
use mostrador_loyalty::code::{CodeKind, CodeText, Offline};
use mostrador_loyalty::money::Amount;
use mostrador_loyalty::quote::{AcceptedCode, QuotedLine, RefusedCode, trial};
use mostrador_loyalty::refusal::Refusal;
use mostrador_loyalty::tier::Standing;

use crate::applied::{self, Met};
use crate::better::better;
use crate::chips::Offer;
use crate::customer::name_of;
use crate::gives::reward_gives;
use crate::identify::Look;
use crate::merit::Merit;
use crate::message::say;
use crate::price::{Buyer, Priced, price, standing_of};
use crate::redeem::{grace, redemption_view};
use crate::rights::{self, Counted};
use crate::session::{OpenBasket, OpenLine, Seen, Session};
use crate::speaker::{Speaker, product_names};
use crate::till::Till;
use crate::view::{
    BestSetView, CodeView, CounterView, CustomerCard, Language, LineView, PointsView, ProgressView,
    RefusedView, SuggestionView, TierDiscountView,
};
use crate::{Error, chips, left_here, referral, sentence, words};

impl Till {
    /// Basket, customer, codes and totals, priced on the state of this moment.
    pub fn counter(&self) -> Result<CounterView, Error> {
        let (session, _) = self.at_work()?;
        self.show(session)
    }

    pub(crate) fn show(&self, mut session: MutexGuard<'_, Session>) -> Result<CounterView, Error> {
        let open = session.open.clone();
        session.steps.note(&open);
        let can_undo = session.steps.can_undo();
        let noted = session.noted.clone();
        drop(session);
        let identity = self.enrolled()?;
        let language = self.language();
        let (now_ms, wall_ms) = (self.now_ms(), self.shared.clock.now_ms());
        let (view, priced) = self.read_with_rules(|connection, rules| {
            let now = rules.moment(now_ms);
            let priced = price(connection, rules, &open, &identity.store, now)?;
            let customer = match &priced.buyer {
                Some(buyer) => Some(CustomerCard {
                    balance_age_s: age_s(self.last_contact_ms(connection)?, wall_ms),
                    ..card(&self.look(connection, &priced.rules), &priced, buyer)?
                }),
                None => None,
            };
            let offers = offers(connection, &priced)?;
            let program = &priced.rules.program;
            let named = priced
                .scanned
                .iter()
                .chain(offers.iter().map(|offer| &offer.text));
            let named =
                named.filter_map(|text| Some(program.resolve(text, priced.subject())?.code));
            let products = product_names(connection, named.chain(&priced.own_codes))?;
            let speaker = Speaker {
                language,
                rules: &priced.rules,
                products: &products,
                own: &priced.own_codes,
            };
            let chips = offers
                .iter()
                .map(|offer| chips::view(&speaker, &priced, offer));
            let chips = chips.collect();
            let parked = ledger::parked::count(connection)?;
            let view = CounterView {
                customer,
                chips,
                parked: u32::try_from(parked).unwrap_or(u32::MAX),
                can_undo,
                noted,
                ..assemble(&speaker, &open, &priced)
            };
            Ok((view, priced))
        })?;
        let said = self.see(language, open, &priced);
        Ok(CounterView { said, ..view })
    }

    /// Remembers what is on the screen now, and answers what there is to say: when a publication has
    /// changed the total of the same basket, that.
    fn see(&self, language: Language, open: OpenBasket, priced: &Priced) -> String {
        let now = Seen {
            open,
            version: priced.rules.document.version,
            total: priced.quote.total,
        };
        let (version, total) = (now.version, now.total);
        let mut session = self.session();
        let same_basket = session.seen.take().filter(|before| before.open == now.open);
        session.seen = Some(now);
        if let Some(before) = same_basket
            && before.version != version
            && before.total != total
        {
            let money = priced.rules.money;
            let (before, total) = (
                money.amount(language, before.total),
                money.amount(language, total),
            );
            let parameters = [("before", before.as_str()), ("total", &total)];
            session.said = say(language, "said.rules_changed", &parameters);
        }
        session.said.clone()
    }

    /// The open basket's quote on the state of this moment.
    pub(crate) fn priced(&self, open: &OpenBasket) -> Result<Priced, Error> {
        let identity = self.enrolled()?;
        let now_ms = self.now_ms();
        self.read_with_rules(|connection, rules| {
            let now = rules.moment(now_ms);
            price(connection, rules, open, &identity.store, now)
        })
    }
}

fn assemble(speaker: &Speaker<'_>, open: &OpenBasket, priced: &Priced) -> CounterView {
    let Priced { rules, quote, .. } = priced;
    let blocked = blocked(priced);
    let refused = quote.refused.iter().map(|code| {
        let is_alone = matches!(code.refusal, Refusal::NotStackable { .. });
        let better = is_alone.then(|| better(priced, &code.text));
        // Nobody is told to buy what would not help.
        let blocked = blocked.iter().find(|blocked| blocked.text == code.text);
        let refusal = blocked.map_or(&code.refusal, |blocked| &blocked.refusal);
        let sentence = sibling(priced, code).map_or_else(
            || sentence::refusal(speaker, &code.text, refusal, better.as_ref()),
            |(parent, there)| sentence::sibling(speaker, &parent, there),
        );
        RefusedView {
            text: code.text.to_string(),
            refusal: refusal.code().to_owned(),
            sentence,
            suggestion: suggestion(speaker, code),
            may_be_allowed: may_be_allowed(speaker, code),
        }
    });
    let missed = priced.spending.missed.iter().map(|missed| RefusedView {
        text: missed.code.to_string(),
        refusal: missed.refusal.code().to_owned(),
        suggestion: None,
        sentence: sentence::redeem::of_reward(speaker.language, rules, &missed.refusal),
        may_be_allowed: false,
    });
    let best = &quote.best_set;
    let tier_name = priced
        .buyer
        .as_ref()
        .and_then(|buyer| buyer.facts.tier.as_deref())
        .map(|slug| rules.tier_name(slug));
    CounterView {
        customer: None,
        lines: open
            .lines
            .iter()
            .zip(&quote.lines)
            .map(|(line, quoted)| line_view(line, quoted))
            .collect(),
        gross: quote.gross.minor(),
        discount: quote.discount.minor(),
        total: quote.total.minor(),
        tier_discount: quote
            .tier_discount
            .as_ref()
            .map(|discount| TierDiscountView {
                tier: rules.tier_name(&discount.tier).to_owned(),
                amount: discount.amount.minor(),
            }),
        redemption: redemption_view(speaker.language, priced),
        due: priced.due().minor(),
        codes: code_views(speaker, open, priced),
        refused: refused.chain(missed).collect(),
        best_set: (!best.gain.is_zero()).then(|| BestSetView {
            codes: best.codes.iter().map(ToString::to_string).collect(),
            discount: best.discount.minor(),
            gain: best.gain.minor(),
            sentence: sentence::best_set(speaker, best),
        }),
        points: quote.points.as_ref().map(|points| PointsView {
            earn: points.total,
            factors: points
                .factors
                .iter()
                .map(|factor| sentence::factor(speaker.language, factor, tier_name))
                .collect(),
            for_customer: priced.buyer.is_some(),
        }),
        chips: Vec::new(),
        said: String::new(),
        parked: 0,
        can_undo: false,
        noted: Vec::new(),
    }
}

/// Refused codes that lack something in the basket, and would be refused with it as well.
fn blocked(priced: &Priced) -> Vec<RefusedCode> {
    let lacks = |code: &RefusedCode| {
        matches!(
            code.refusal,
            Refusal::MinimumNotMet { .. } | Refusal::NoEligibleLine
        )
    };
    if priced.quote.refused.iter().any(lacks) {
        trial(&priced.request(&priced.scanned, &priced.usage)).blocked
    } else {
        Vec::new()
    }
}

/// What a mistyped code probably is, as it is printed, with the signs that differ.
fn suggestion(speaker: &Speaker<'_>, refused: &RefusedCode) -> Option<SuggestionView> {
    let Refusal::BadCheckSign {
        did_you_mean: Some(meant),
    } = &refused.refusal
    else {
        return None;
    };
    let (printed, typed) = (speaker.printed(meant), speaker.printed(&refused.text));
    let mut typed = typed.chars();
    let differs = printed.chars().enumerate().filter_map(|(at, sign)| {
        let is_same = typed.next() == Some(sign);
        (!is_same).then(|| u32::try_from(at).unwrap_or(u32::MAX))
    });
    Some(SuggestionView {
        text: meant.to_string(),
        differs: differs.collect(),
        printed,
    })
}

/// For a code that meets another of its parent on the basket: the parent, and what was scanned of it.
fn sibling<'a>(priced: &'a Priced, refused: &RefusedCode) -> Option<(CodeText, &'a CodeText)> {
    if refused.refusal != Refusal::AlreadyApplied {
        return None;
    }
    let program = &priced.rules.program;
    let family = program.resolve(&refused.text, priced.subject())?.family();
    let accepted = priced.quote.accepted.iter();
    let there = accepted
        .filter(|code| code.parent.as_ref().unwrap_or(&code.text) == family)
        .map(AcceptedCode::scanned)
        .find(|there| **there != refused.text)?;
    Some((family.clone(), there))
}

/// Whether a manager may let a code join that this till holds no right to.
fn may_be_allowed(speaker: &Speaker<'_>, refused: &RefusedCode) -> bool {
    let lacks_right = matches!(refused.refusal, Refusal::LeaseRequired { .. });
    let code = speaker.code(&refused.text);
    lacks_right && code.is_some_and(|code| matches!(code.offline, Offline::Approval { .. }))
}

fn code_views(speaker: &Speaker<'_>, open: &OpenBasket, priced: &Priced) -> Vec<CodeView> {
    let quote = &priced.quote;
    let names = open.lines.iter().map(|line| line.name.clone());
    let gross = quote.lines.iter().map(|line| line.gross);
    let lines: Vec<(String, Amount)> = names.zip(gross).collect();
    let tier = quote.tier_discount.as_ref();
    let mut taken = tier.map_or_else(Vec::new, |tier| tier.shares.clone());
    taken.resize(lines.len(), Amount::ZERO);
    let view = |code: &AcceptedCode| {
        let met = Met {
            lines: &lines,
            code,
        };
        let known = speaker.code(&code.text);
        let mut sentences = vec![applied::note(speaker, code)];
        sentences.extend(cost(speaker, priced, &code.text));
        sentences.push(applied::taken_before(speaker, &met, &taken));
        for (taken, share) in taken.iter_mut().zip(&code.shares) {
            *taken = taken.saturating_add(*share);
        }
        sentences.extend(left_here::of_code(speaker, priced, code));
        sentences.retain(|sentence| !sentence.is_empty());
        CodeView {
            text: code.scanned().to_string(),
            variant: applied::variant(speaker, code),
            kind: kind_name(code.kind).to_owned(),
            gives: known.map_or_else(String::new, |known| {
                reward_gives(speaker, known, priced.reward_name(&code.text))
            }),
            amount: code.amount.minor(),
            applies_to: applied::applies_to(speaker, &met),
            bounds: applied::bounds(speaker, &met),
            next_step: applied::next_step(speaker, code),
            note: code.note.as_ref().map(|note| note.code().to_owned()),
            sentence: sentences.join(" "),
        }
    };
    quote.accepted.iter().map(view).collect()
}

/// What a reward of this basket costs: "Cuesta 500 puntos al cobrar."
fn cost(speaker: &Speaker<'_>, priced: &Priced, code: &CodeText) -> Option<String> {
    let mut used = priced.spending.used(&priced.quote);
    let bought = used.find(|bought| bought.code.text == *code)?;
    let points = words::number(speaker.language, bought.points);
    Some(speaker.say("code.reward_costs", &[("points", &points)]))
}

fn line_view(line: &OpenLine, quoted: &QuotedLine) -> LineView {
    LineView {
        name: line.name.clone(),
        sku: line.sku.clone(),
        quantity: line.quantity.normalize().to_string(),
        unit_price: line.unit_price,
        gross: quoted.gross.minor(),
        discount: quoted.discount.minor(),
        net: quoted.net.minor(),
    }
}

/// `referral`, `coupon` or `reward`, as views and entries carry it.
pub(crate) const fn kind_name(kind: CodeKind) -> &'static str {
    match kind {
        CodeKind::Referral => "referral",
        CodeKind::Coupon => "coupon",
        CodeKind::Reward => "reward",
    }
}

/// What could be used on this basket now.
fn offers(connection: &Connection, priced: &Priced) -> Result<Vec<Offer>, Error> {
    if priced.basket.lines.is_empty() {
        return Ok(Vec::new());
    }
    let candidates = chips::candidates(priced);
    if candidates.is_empty() {
        return Ok(Vec::new());
    }
    let mut asked = priced.scanned.clone();
    asked.extend(candidates.iter().cloned());
    let customer = priced.buyer.as_ref().map(|buyer| buyer.id);
    let day = priced.now.local_day();
    let counted = priced.rules.program.texts_counted(&asked, priced.subject());
    let mut usage = rights::usage(
        connection,
        &Counted {
            rules: &priced.rules,
            store: &priced.place.store,
            codes: &counted,
            customer,
            day,
            approved: &[],
        },
    )?;
    // What a manager allowed on this basket counts as it was priced.
    let of_basket = priced.usage.codes.iter();
    usage
        .codes
        .extend(of_basket.map(|(text, used)| (text.clone(), *used)));
    Ok(chips::offer(priced, &candidates, &usage))
}

fn card(look: &Look<'_>, priced: &Priced, buyer: &Buyer) -> Result<CustomerCard, Error> {
    let Look {
        connection,
        language,
        ..
    } = *look;
    // A profile can be erased while its customer stands at the counter; the account stays.
    let profile = ledger::customer::get(connection, buyer.id)?;
    let phone = profile
        .as_ref()
        .and_then(|profile| profile.phone.as_deref());
    let account = &buyer.account;
    let standing = standing_of(&priced.rules, account, priced.now);
    let merit = Merit {
        language,
        rules: &priced.rules,
        account,
        day: priced.now.local_day(),
    };
    let last_visit = account.last_purchase_ms.map(|at_ms| {
        let visit = priced.rules.moment(at_ms);
        visit.local_day().to_string()
    });
    Ok(CustomerCard {
        id: buyer.id.to_string(),
        name: name_of(connection, language, buyer.id)?,
        phone_last4: phone.map(last_four),
        tier: standing.as_ref().map(|standing| standing.tier.name.clone()),
        tier_slug: standing.as_ref().map(|standing| standing.tier.slug.clone()),
        balance: account.available(priced.now.local_day()),
        debt: account.debt,
        balance_age_s: None,
        balance_has_pending: ledger::account::has_pending(connection, buyer.id)?,
        grace: standing
            .as_ref()
            .map_or_else(String::new, |standing| grace(language, standing)),
        progress: standing.and_then(|standing| progress(language, &standing)),
        purchases: account.completed_purchases(),
        last_visit,
        referral: referral::form(look, Some(account))?,
        badges: merit.badges(),
        challenge: merit.challenges().into_iter().next(),
    })
}

/// Seconds since the server last spoke, both moments by this till's own clock.
fn age_s(last_contact_ms: Option<i64>, wall_ms: i64) -> Option<u64> {
    let age_ms = wall_ms.saturating_sub(last_contact_ms?);
    Some(u64::try_from(age_ms / 1_000).unwrap_or(0))
}

/// How far the next tier is.
pub(crate) fn progress(language: Language, standing: &Standing<'_>) -> Option<ProgressView> {
    let next = standing.next.as_ref()?;
    let from = standing.tier.from_points;
    let way = (next.tier.from_points - from).max(1);
    let gone = (standing.window_points - from).clamp(0, way);
    let missing = words::number(language, next.missing);
    let key = if standing.basis.is_score() {
        "progress.score"
    } else {
        "progress.sentence"
    };
    let parameters = [
        ("points", missing.as_str()),
        ("tier", next.tier.name.as_str()),
    ];
    Some(ProgressView {
        next: next.tier.name.clone(),
        missing: next.missing,
        progress_bp: u32::try_from(i128::from(gone) * 10_000 / i128::from(way)).unwrap_or(0),
        sentence: say(language, key, &parameters),
    })
}

/// The last four signs of a phone: enough to ask "ends in 4821?", too few to call.
pub(crate) fn last_four(phone: &str) -> String {
    let signs: Vec<char> = phone.chars().collect();
    signs[signs.len().saturating_sub(4)..].iter().collect()
}
