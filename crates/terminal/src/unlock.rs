//! PIN in, PIN out: who is at work.

use mostrador_ledger as ledger;
use mostrador_protocol::row::Staff;

use crate::Error;
use crate::pin::PinFor;
use crate::session::{Cashier, role_name};
use crate::till::Till;
use crate::view::{DemoPin, Language, SessionView, TillView};

impl Till {
    /// What the window needs before anybody unlocks it.
    pub fn view(&self) -> TillView {
        let identity = self.identity();
        let name = |pick: fn(&ledger::identity::Identity) -> &String| {
            identity
                .as_ref()
                .map(|identity| pick(identity).clone())
                .unwrap_or_default()
        };
        let rules = self.read(|connection| self.shared.shelf.current(connection));
        let money = rules.as_ref().ok().map(|rules| rules.money);
        let is_demo = rules.as_ref().is_ok_and(|rules| rules.document.demo);
        let session = self.session();
        TillView {
            tenant_name: name(|identity| &identity.tenant_name),
            store_name: name(|identity| &identity.store_name),
            terminal_name: name(|identity| &identity.terminal_name),
            currency: money.map_or_else(String::new, |money| money.currency.code().to_owned()),
            currency_exponent: money.map_or(2, |money| money.currency.exponent()),
            shown_decimals: money.map_or(2, crate::words::Money::shown_decimals),
            language: self.language(),
            enrolled: identity.is_some(),
            session: session.cashier.as_ref().map(|cashier| SessionView {
                name: cashier.name.clone(),
                role: role_name(cashier.role).to_owned(),
            }),
            demo_pins: if is_demo {
                self.demo_pins()
            } else {
                Vec::new()
            },
            warnings: self.warnings(),
        }
    }

    /// Lets somebody in by PIN. Five misses cost nothing, each further one a wait that doubles and that
    /// neither a restart nor somebody else's PIN forgives. The basket on screen stays; one that was open
    /// when the program stopped comes back, see [`Till::keep_basket`].
    pub fn unlock(&self, pin: &str) -> Result<TillView, Error> {
        let cashier = Cashier::from(&self.person_with(pin, PinFor::Work)?);
        let mut session = self.session();
        session.cashier = Some(cashier.clone());
        if let Err(error) = self.bring_back(&mut session, &cashier) {
            tracing::error!(%error, "the basket that was open could not be brought back");
        }
        drop(session);
        Ok(self.view())
    }

    /// Nobody is at work; basket and customer stay.
    pub fn lock(&self) -> TillView {
        self.session().cashier = None;
        self.view()
    }

    /// Speaks `language` from now on, also after a restart.
    pub fn set_language(&self, language: Language) -> Result<TillView, Error> {
        self.choose_language(language)?;
        Ok(self.view())
    }

    /// Everybody who may work at this till's store.
    pub(crate) fn staff(&self) -> Result<Vec<Staff>, Error> {
        let Some(identity) = self.identity() else {
            return Ok(Vec::new());
        };
        let mut staff = self.read(|connection| Ok(ledger::staff::all(connection)?))?;
        staff.retain(|person| {
            let store = person.store.as_deref();
            person.active && store.is_none_or(|store| store == identity.store)
        });
        Ok(staff)
    }

    fn demo_pins(&self) -> Vec<DemoPin> {
        let staff = self.staff().unwrap_or_default();
        let pins = staff.into_iter().filter_map(|person| {
            Some(DemoPin {
                pin: person.demo_pin?,
                role: role_name(person.role).to_owned(),
                name: person.name,
            })
        });
        pins.collect()
    }
}
