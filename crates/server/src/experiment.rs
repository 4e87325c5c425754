//! Experiments: what the variants of a code came to over all stores.

use chrono::NaiveDate;
use loyalty::code::CodeText;
use loyalty::experiment::Arm;
use loyalty::money::{Amount, Currency};
use mostrador_loyalty as loyalty;
use mostrador_protocol::entry::DerivedFigures;
use mostrador_protocol::program::{CodeDocument, VariantDocument, nearest};

use crate::Error;
use crate::store::Store;

/// Which variants, and when.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The company.
    pub tenant: &'a str,
    /// The code that has the variants.
    pub code: &'a str,
    /// The first local day; none: from the beginning.
    pub from: Option<NaiveDate>,
    /// The last local day, inside; none: to the end.
    pub to: Option<NaiveDate>,
}

/// The arms of an experiment: [`loyalty::experiment::report`] says what they have shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The code that has the variants.
    pub code: CodeText,
    /// Of every amount.
    pub currency: Currency,
    /// The variants with their counts: in the order of the program, the first is the control; then
    /// those that are no longer in the program, without weight.
    pub arms: Vec<(String, Arm)>,
}

/// Counts the variants of a code of the program in force.
///
/// # Errors
/// [`Error::UnknownTenant`], [`Error::NoProgram`], [`Error::UnknownCode`], [`Error::NoVariants`], [`Error::Days`].
pub async fn experiment<S: Store>(store: &S, question: Question<'_>) -> Result<Answer, Error> {
    let Question { tenant, code, .. } = question;
    let tenants = store.tenants().await?;
    if !tenants.iter().any(|known| known.id == tenant) {
        return Err(Error::UnknownTenant(tenant.to_owned()));
    }
    let program = store.program(tenant).await?;
    let program = program.ok_or_else(|| Error::NoProgram(tenant.to_owned()))?;
    let parent = CodeText::parse(code);
    let is_meant = |known: &&CodeDocument| CodeText::parse(&known.text) == parent;
    let with_variants = || {
        program
            .codes
            .iter()
            .filter(|code| !code.variants.is_empty())
    };
    let found = with_variants().find(is_meant);
    let (Some(document), Some(parent)) = (found, parent.as_ref()) else {
        let code = code.to_owned();
        let is_variant = |known: &CodeDocument| {
            let mut texts = known.variants.iter().map(|variant| &variant.text);
            texts.any(|text| CodeText::parse(text).as_ref() == parent.as_ref())
        };
        if !program
            .codes
            .iter()
            .any(|known| is_meant(&known) || is_variant(known))
        {
            let texts = program.codes.iter().map(|known| known.text.as_str());
            let near = nearest(&code, texts).map(str::to_owned);
            return Err(Error::UnknownCode { code, near });
        }
        let known = with_variants().map(|code| code.text.clone()).collect();
        return Err(Error::NoVariants { code, known });
    };
    let days = days(question.from, question.to)?;
    let counted = store.arms(tenant, parent, days).await?;
    Ok(Answer {
        arms: arms(&document.variants, counted),
        code: parent.clone(),
        currency: Currency::from_code(&program.currency)
            .expect("BUG: a published program has a currency"),
    })
}

fn days(
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
) -> Result<std::ops::RangeInclusive<NaiveDate>, Error> {
    // Days are compared as text of four digits for the year.
    let first = NaiveDate::from_ymd_opt(1, 1, 1).expect("BUG: it is a day");
    let last = NaiveDate::from_ymd_opt(9999, 12, 31).expect("BUG: it is a day");
    let (from, to) = (from.unwrap_or(first), to.unwrap_or(last));
    if from > to {
        return Err(Error::Days { from, to });
    }
    Ok(from.max(first)..=to.min(last))
}

fn arms(variants: &[VariantDocument], mut counted: Vec<DerivedFigures>) -> Vec<(String, Arm)> {
    let mut arms = Vec::new();
    for variant in variants {
        let text = CodeText::parse(&variant.text);
        let place = counted
            .iter()
            .position(|arm| Some(&arm.variant) == text.as_ref());
        let weight = if variant.active { variant.weight } else { 0 };
        let arm = place
            .map(|place| arm(&counted.remove(place)))
            .unwrap_or_default();
        arms.push((variant.text.clone(), Arm { weight, ..arm }));
    }
    let gone = counted
        .iter()
        .map(|figures| (figures.variant.to_string(), arm(figures)));
    arms.extend(gone);
    arms
}

fn arm(figures: &DerivedFigures) -> Arm {
    Arm {
        weight: 0,
        assigned: figures.assigned,
        uses: figures.uses,
        conversions: figures.conversions,
        revenue: Amount::clamped(figures.revenue.into()),
        discount: Amount::clamped(figures.discount.into()),
    }
}
