//! A new customer at the counter in two fields, and a profile that is corrected.
//!
//! Works without a network: the profile is saved in the till's file and sent later. Nobody is enrolled
//! twice: whoever has the phone, the e-mail, the document or the card already is named instead.

use chrono::{Datelike, NaiveDate};
use mostrador_ledger as ledger;
use mostrador_ledger::Connection;
use mostrador_ledger::customer::{Holder, Unique};
use mostrador_loyalty::code::CodeText;
use mostrador_loyalty::code::generated::{ALPHABET, with_check_sign};
use mostrador_protocol::profile;
use mostrador_protocol::row::{Consent, Customer};
use mostrador_sync::random::Random;
use uuid::Uuid;

use crate::error::shortened;
use crate::identify::Look;
use crate::message::say;
use crate::referral::Registered;
use crate::rules::Rules;
use crate::till::Till;
use crate::view::{Language, ProfileForm, ProfileInput, ProfileSaved};
use crate::{Error, referral, words};

/// The longest name, signs.
const MAX_NAME_SIGNS: usize = 120;

/// The longest token of a card, signs.
const MAX_CARD_SIGNS: usize = 40;

/// Signs of a referral code before its check sign.
const CODE_BODY_SIGNS: usize = 7;

/// A field of the form that keeps it from being saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProfileField {
    /// No name, or one that fits nowhere.
    Name,
    /// Not a number.
    Phone,
    /// Not an address.
    Email,
    /// Not a day in the past.
    Birthday,
    /// Not a token.
    Card,
    /// Not a number of a document.
    Document,
    /// Nothing that finds the customer again.
    Contact,
}

impl ProfileField {
    /// The stable code of the error.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Name => "profile_name",
            Self::Phone => "profile_phone",
            Self::Email => "profile_email",
            Self::Birthday => "profile_birthday",
            Self::Card => "profile_card",
            Self::Document => "profile_document",
            Self::Contact => "profile_contact",
        }
    }
}

impl std::fmt::Display for ProfileField {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.code())
    }
}

impl Till {
    /// The form of a new customer: what was typed into the one box is a phone or a name.
    pub fn new_profile(&self, typed: &str) -> Result<ProfileForm, Error> {
        self.require_cashier()?;
        let typed = typed.trim();
        let is_number = typed.chars().any(|sign| sign.is_ascii_digit())
            && !typed.chars().any(char::is_alphabetic);
        let (name, phone) = if is_number {
            (String::new(), typed.to_owned())
        } else {
            (typed.to_owned(), String::new())
        };
        let fields = ProfileInput {
            name,
            phone,
            ..ProfileInput::default()
        };
        self.read_with_rules(|connection, rules| {
            let look = self.look(connection, &rules);
            form(&look, fields, None)
        })
    }

    /// The form of a customer who is known here.
    pub fn edit_profile(&self, id: &str) -> Result<ProfileForm, Error> {
        self.require_cashier()?;
        let id: Uuid = id.parse().map_err(|_| Error::UnknownCustomer)?;
        self.read_with_rules(|connection, rules| {
            let known = ledger::customer::get(connection, id)?.ok_or(Error::UnknownCustomer)?;
            let fields = fields_of(&known);
            form(&self.look(connection, &rules), fields, Some(&known))
        })
    }

    /// Saves the form, unless somebody else has what is in it. A new customer has heard the words of the
    /// form and agreed; they are on the open basket at once.
    pub fn save_profile(&self, input: &ProfileInput) -> Result<ProfileSaved, Error> {
        let (mut session, cashier) = self.at_work()?;
        let outcome = self
            .shared
            .ledger
            .transact(|tx| self.write_form(tx, input, cashier.id));
        let saved = match outcome {
            Ok(saved) => saved,
            Err(NotWritten::Outcome(outcome)) => return Ok(*outcome),
            Err(NotWritten::Error(error)) => return Err(error),
        };
        self.nudge();
        let key = if input.id.is_none() {
            session.open.belong_to(Some(saved.id));
            "said.enrolled"
        } else {
            "said.edited"
        };
        session.said = say(self.language(), key, &[("name", &saved.name)]);
        let counter = self.show(session)?;
        Ok(ProfileSaved::Saved {
            counter: Box::new(counter),
        })
    }

    /// The profile, and who brought them: both or nothing.
    fn write_form(
        &self,
        tx: &Connection,
        input: &ProfileInput,
        cashier_id: Uuid,
    ) -> Result<Customer, NotWritten> {
        let saved = self.write_profile(tx, input)?;
        let Some(referrer) = &input.referrer else {
            return Ok(saved);
        };
        match self.write_referral(tx, &saved, (referrer, cashier_id))? {
            Registered::Yes => Ok(saved),
            Registered::No(refusal) => Err(NotWritten::Outcome(Box::new(ProfileSaved::Refused {
                refusal: refusal.code().to_owned(),
                sentence: referral::refused(self.language(), refusal),
            }))),
        }
    }

    fn write_profile(&self, tx: &Connection, input: &ProfileInput) -> Result<Customer, NotWritten> {
        let rules = self.shared.shelf.current(tx)?;
        let now_ms = self.now_ms();
        let before = match &input.id {
            Some(id) => {
                let id: Uuid = id.parse().map_err(|_| Error::UnknownCustomer)?;
                let known = ledger::customer::get(tx, id).map_err(Error::from)?;
                Some(known.ok_or(Error::UnknownCustomer)?)
            }
            None => None,
        };
        let calling_code = rules.document.calling_code.as_deref();
        let today = rules.moment(now_ms).local_day();
        let read = read(input, calling_code, today)?;
        let random = &self.shared.random;
        let after = Customer {
            id: before
                .as_ref()
                .map_or_else(|| random.id(now_ms), |known| known.id),
            referral_code: match before
                .as_ref()
                .and_then(|known| known.referral_code.clone())
            {
                Some(code) => Some(code),
                None => Some(free_code(tx, &rules, random)?.to_string()),
            },
            consent: self.consent(&rules, before.as_ref(), input.marketing)?,
            erased: false,
            hlc: ledger::hlc::next(before.as_ref().map_or(0, |known| known.hlc), now_ms),
            ..read
        };
        let phones = after.phone.as_deref();
        let phones = phones.map(|phone| profile::phone_spellings(phone, calling_code));
        let phones = phones.unwrap_or_default();
        let holder = ledger::customer::holder(tx, &after, &phones).map_err(Error::from)?;
        if let Some(holder) = holder {
            let known = self.known(tx, &rules, holder)?;
            return Err(NotWritten::Outcome(Box::new(known)));
        }
        Ok(ledger::customer::save_local(tx, &after).map_err(Error::from)?)
    }

    /// What forms and lists are filled in from.
    pub(crate) fn look<'a>(&self, connection: &'a Connection, rules: &'a Rules) -> Look<'a> {
        Look {
            connection,
            rules,
            language: self.language(),
            now_ms: self.now_ms(),
        }
    }

    /// What a new customer agreed to, or a known one has decided anew.
    fn consent(
        &self,
        rules: &Rules,
        before: Option<&Customer>,
        marketing: bool,
    ) -> Result<Option<Consent>, Error> {
        if let Some(known) = before.filter(|known| known.marketing_consent == marketing) {
            return Ok(known.consent.clone());
        }
        let answered = before.and_then(|known| known.consent.as_ref());
        let document = rules.document.consent.as_ref();
        Ok(Some(Consent {
            version: document.map_or(0, |consent| consent.version),
            marketing,
            given_ms: self.now_ms(),
            terminal: self.enrolled()?.terminal_id,
            answers_ms: answered.map(|consent| consent.given_ms),
        }))
    }

    fn known(&self, tx: &Connection, rules: &Rules, holder: Holder) -> Result<ProfileSaved, Error> {
        let key = match holder.what {
            Unique::Phone => "profile.known.phone",
            Unique::Email => "profile.known.email",
            Unique::Document => "profile.known.document",
            Unique::Card => "profile.known.card",
        };
        let customer = self.look(tx, rules).hit_of(holder.customer)?;
        let sentence = say(self.language(), key, &[("name", &customer.name)]);
        Ok(ProfileSaved::Known { sentence, customer })
    }
}

/// Why a form was not written.
enum NotWritten {
    /// Somebody has to do something first.
    Outcome(Box<ProfileSaved>),
    Error(Error),
}

impl From<Error> for NotWritten {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl From<ledger::Error> for NotWritten {
    fn from(error: ledger::Error) -> Self {
        Self::Error(error.into())
    }
}

fn form(
    look: &Look<'_>,
    fields: ProfileInput,
    known: Option<&Customer>,
) -> Result<ProfileForm, Error> {
    let Look {
        language, rules, ..
    } = *look;
    let words = rules.document.consent.as_ref();
    let shop = rules.document.name.as_str();
    let account = known.map(|known| ledger::account::held(look.connection, known.id));
    let account = account.transpose()?.map(|(_, account)| account);
    Ok(ProfileForm {
        fields,
        referral_code: known.and_then(|known| known.referral_code.clone()),
        consent_version: words.map_or(0, |words| words.version),
        consent_text: words.map_or_else(
            || say(language, "profile.consent_text", &[("shop", shop)]),
            |words| words.text(language.tag()).to_owned(),
        ),
        consent_given: known.map_or_else(String::new, |known| given(language, rules, known)),
        referral: referral::form(look, account.as_ref())?,
    })
}

/// When and to what a customer agreed.
pub(crate) fn given(language: Language, rules: &Rules, known: &Customer) -> String {
    let marketing = if known.marketing_consent {
        "profile.marketing.yes"
    } else {
        "profile.marketing.no"
    };
    let marketing = say(language, marketing, &[]);
    let Some(consent) = &known.consent else {
        return say(
            language,
            "profile.given_elsewhere",
            &[("marketing", &marketing)],
        );
    };
    let moment = words::moment(language, rules.moment(consent.given_ms).local);
    let version = consent.version.to_string();
    let parameters = [
        ("version", version.as_str()),
        ("moment", &moment),
        ("marketing", &marketing),
    ];
    say(language, "profile.given", &parameters)
}

fn fields_of(known: &Customer) -> ProfileInput {
    let text = |field: &Option<String>| field.clone().unwrap_or_default();
    ProfileInput {
        id: Some(known.id.to_string()),
        name: known.name.clone(),
        phone: text(&known.phone),
        email: text(&known.email),
        birthday: known
            .birthday
            .map(|day| day.to_string())
            .unwrap_or_default(),
        card: text(&known.card),
        document: text(&known.document),
        marketing: known.marketing_consent,
        referrer: None,
    }
}

/// The fields as a profile without id, code, consent and clock.
fn read(
    input: &ProfileInput,
    calling_code: Option<&str>,
    today: NaiveDate,
) -> Result<Customer, Error> {
    let wrong = |field: ProfileField, text: &str| Error::Profile {
        field,
        text: shortened(text),
    };
    let name = words_of(&input.name);
    let signs = name.chars().count();
    if signs == 0 || signs > MAX_NAME_SIGNS || name.chars().any(char::is_control) {
        return Err(wrong(ProfileField::Name, &input.name));
    }
    let field = |text: &str, field: ProfileField, read: &dyn Fn(&str) -> Option<String>| {
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        read(text).map(Some).ok_or_else(|| wrong(field, text))
    };
    let phone = field(&input.phone, ProfileField::Phone, &|text| {
        profile::phone(text, calling_code)
    })?;
    let email = field(&input.email, ProfileField::Email, &profile::email)?;
    let document = field(&input.document, ProfileField::Document, &profile::document)?;
    let card = field(&input.card, ProfileField::Card, &card)?;
    let birthday = match input.birthday.trim() {
        "" => None,
        text => {
            let day = birthday(text, today);
            Some(day.ok_or_else(|| wrong(ProfileField::Birthday, text))?)
        }
    };
    // Somebody without any of them could never be found again but by name.
    if phone.is_none() && email.is_none() && document.is_none() && card.is_none() {
        return Err(wrong(ProfileField::Contact, ""));
    }
    Ok(Customer {
        name,
        phone,
        email,
        birthday,
        card,
        document,
        marketing_consent: input.marketing,
        ..Customer::default()
    })
}

/// A name with single spaces.
fn words_of(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn card(text: &str) -> Option<String> {
    let fine =
        text.chars().count() <= MAX_CARD_SIGNS && text.chars().all(|sign| sign.is_ascii_graphic());
    fine.then(|| text.to_owned())
}

/// A day of the last 130 years: year-month-day or day/month/year.
fn birthday(text: &str, today: NaiveDate) -> Option<NaiveDate> {
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .or_else(|_| NaiveDate::parse_from_str(text, "%d/%m/%Y"))
        .ok()?;
    let is_possible = day <= today && day.year() > today.year() - 130;
    is_possible.then_some(day)
}

/// A drawn code that nobody has, for a customer or a reward, as far as this till knows; the server settles the rest.
pub(crate) fn free_code(
    tx: &Connection,
    rules: &Rules,
    random: &Random,
) -> Result<CodeText, Error> {
    loop {
        let code = draw(random);
        let is_taken = rules.program.knows(&code)
            || ledger::customer::by_referral_code(tx, &code)?.is_some()
            || ledger::reward::coupon_holder(tx, &code)?.is_some();
        if !is_taken {
            return Ok(code);
        }
    }
}

fn draw(random: &Random) -> CodeText {
    let signs: Vec<char> = ALPHABET.chars().collect();
    let most = u64::try_from(signs.len()).unwrap_or(1);
    let body: String = (0..CODE_BODY_SIGNS)
        .map(|_| signs[usize::try_from(random.below(most)).unwrap_or(0)])
        .collect();
    with_check_sign(&body).expect("BUG: seven signs of the alphabet always have a check sign")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(change: impl FnOnce(&mut ProfileInput), expected: Result<(), ProfileField>) {
        let mut input = ProfileInput {
            name: "  Ana   Peña ".to_owned(),
            phone: "300 123 45 67".to_owned(),
            ..ProfileInput::default()
        };
        change(&mut input);
        let today = NaiveDate::from_ymd_opt(2026, 11, 21).expect("a day");
        match (read(&input, Some("57"), today), expected) {
            (Ok(_), Ok(())) => {}
            (Err(Error::Profile { field, .. }), Err(expected)) => assert_eq!(field, expected),
            (read, expected) => panic!("{input:?}: {read:?}, not {expected:?}"),
        }
    }

    #[test]
    fn two_fields_are_enough_and_each_wrong_one_is_named() {
        check(|_| {}, Ok(()));
        check(|input| input.name = " ".to_owned(), Err(ProfileField::Name));
        check(
            |input| input.name = "x".repeat(121),
            Err(ProfileField::Name),
        );
        check(
            |input| input.phone = "12".to_owned(),
            Err(ProfileField::Phone),
        );
        check(|input| input.phone.clear(), Err(ProfileField::Contact));
        check(
            |input| {
                input.phone.clear();
                input.card = "LX-1".to_owned();
            },
            Ok(()),
        );
        check(
            |input| input.email = "ana".to_owned(),
            Err(ProfileField::Email),
        );
        check(
            |input| input.card = "LX 1".to_owned(),
            Err(ProfileField::Card),
        );
        check(
            |input| input.document = "?".to_owned(),
            Err(ProfileField::Document),
        );
        for day in ["2027-01-01", "1890-01-01", "31/02/1990", "ayer"] {
            check(
                |input| input.birthday = day.to_owned(),
                Err(ProfileField::Birthday),
            );
        }
        for day in ["1990-12-31", "31/12/1990", "29/02/1996"] {
            check(|input| input.birthday = day.to_owned(), Ok(()));
        }
    }

    #[test]
    fn a_drawn_code_has_eight_signs_and_passes_its_check() {
        let random = Random::seeded(3);
        for _ in 0..100 {
            let code = draw(&random);
            assert_eq!(code.as_str().len(), 8);
            assert!(mostrador_loyalty::code::generated::is_intact(&code));
        }
    }
}
