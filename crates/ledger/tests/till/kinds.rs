//! Entries of every kind: what is shown is the fold of the server's rows and of the own entries that
//! they do not include, at any cut, and a rebuild finds the same rows.

mod desk;

use loyalty::account::{Account, Accounts, CodeTally};
use loyalty::code::CodeText;
use mostrador_ledger::branch::{self, Branch};
use mostrador_ledger::record::{Recorded, record};
use mostrador_ledger::{Error, account, code_use, outbox, replica, stream, undo};
use mostrador_loyalty as loyalty;
use mostrador_protocol::entry::{Effects, SaleCompleted};
use mostrador_protocol::message::PullReply;
use proptest::prelude::*;
use uuid::Uuid;

use self::desk::{CODES, CUSTOMERS, Deed, Desk, deed};
use crate::counter::{Counter, customer_id, identity};
use crate::server::{Server, fold};
use crate::syncing::{check_rebuild, projections, pull, push};

#[derive(Debug, Clone)]
enum Act {
    Here(Deed),
    Elsewhere(Deed),
    Push { entries: usize, reply_lost: bool },
    Pull { rows: usize },
    PullAgain,
    Rebuild,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        8 => deed().prop_map(Act::Here),
        3 => deed().prop_map(Act::Elsewhere),
        3 => (1_usize..4, any::<bool>()).prop_map(|(entries, reply_lost)| Act::Push { entries, reply_lost }),
        3 => (1_usize..6).prop_map(|rows| Act::Pull { rows }),
        1 => Just(Act::PullAgain),
        1 => Just(Act::Rebuild),
    ]
}

/// A till, a server, and what the till wrote.
struct Shop {
    till: Counter,
    server: Server,
    desk: Desk,
    own: Vec<(u64, Effects)>,
    pages: Vec<PullReply>,
}

impl Shop {
    fn open() -> Self {
        Self {
            till: Counter::enrolled(),
            server: Server::default(),
            desk: Desk::default(),
            own: Vec::new(),
            pages: Vec::new(),
        }
    }

    fn account(&self, customer: Uuid) -> Account {
        let held = self
            .till
            .ledger
            .read(|connection| account::held(connection, customer));
        held.expect("an account").1
    }

    fn may_void(&self) -> Option<SaleCompleted> {
        let candidate = self.till.ledger.read(undo::void_candidate);
        candidate.expect("a look").map(|sold| sold.sale)
    }

    fn here(&mut self, deed: &Deed) {
        let may_void = self.may_void();
        let mut desk = std::mem::take(&mut self.desk);
        let payload = desk.entry(deed, |customer| self.account(customer), may_void);
        self.desk = desk;
        let Some(payload) = payload else { return };
        let recorded: Result<Recorded, Error> = self
            .till
            .ledger
            .transact(|tx| record(tx, &self.till.stamp(), &payload));
        let recorded = recorded.expect("an entry that adds up");
        let effects = payload.effects(recorded.effective_ms);
        self.own.push((recorded.seq, effects));
    }

    fn elsewhere(&mut self, deed: &Deed) {
        let mut desk = std::mem::take(&mut self.desk);
        let payload = desk.entry(deed, |customer| self.account(customer), None);
        self.desk = desk;
        if let Some(payload) = payload {
            self.server.count(payload.effects(1_789_000_000_000));
        }
    }

    fn act(&mut self, act: &Act) {
        match act {
            Act::Here(deed) => self.here(deed),
            Act::Elsewhere(deed) => self.elsewhere(deed),
            Act::Push {
                entries,
                reply_lost,
            } => push(&self.till, &mut self.server, *entries, *reply_lost),
            Act::Pull { rows } => self.pages.push(pull(&self.till, &self.server, *rows)),
            Act::PullAgain => {
                let before = self.till.ledger.read(projections).expect("the rows");
                for page in &self.pages {
                    let again = self
                        .till
                        .ledger
                        .transact(|tx| replica::apply_page(tx, page));
                    again.expect("an old page");
                }
                let after = self.till.ledger.read(projections).expect("the rows");
                assert_eq!(before, after, "a page that was applied changes nothing");
            }
            Act::Rebuild => check_rebuild(&self.till),
        }
    }

    /// Parts, or is another terminal from now on.
    fn goes_on_in(&self, number: u128, is_anew: bool) {
        let branch = Branch {
            stream: Uuid::from_u128(0x5712_0000 + number),
            terminal_id: identity().terminal_id,
            reason: if is_anew { "enrolled" } else { "fork" },
            stamp: self.till.stamp(),
        };
        let parted: Result<Recorded, Error> = self.till.ledger.transact(|tx| {
            if is_anew {
                branch::begin_anew(tx, &branch)
            } else {
                branch::open(tx, &branch)
            }
        });
        parted.expect("a new stream");
    }

    /// Whether the feed includes own positions of which no answer said that they are these entries.
    fn includes_what_is_not_confirmed(&self) -> bool {
        let heads = self.till.ledger.read(stream::all).expect("the streams");
        heads.iter().any(|head| head.included > head.confirmed)
    }

    /// What is shown of customers and codes.
    fn shown(&self) -> Vec<String> {
        let rows = self.till.ledger.read(projections).expect("the rows");
        let is_shown = |row: &String| row.contains("_shown:") || row.contains("from visit:");
        rows.into_iter().filter(is_shown).collect()
    }

    /// Everything this till knows, in order: what the server counted up to its cursor, then its own.
    fn known(&self) -> Vec<Effects> {
        let look = |connection: &_| -> Result<_, Error> {
            let head = stream::head(connection)?.expect("a stream");
            Ok((replica::cursor(connection)?, head.included))
        };
        let (cursor, included) = self.till.ledger.read(look).expect("a look");
        let counted = self.server.counted.iter();
        let theirs = counted.filter(|counted| counted.position <= cursor);
        let own = self.own.iter().filter(|(seq, _)| *seq > included);
        theirs
            .map(|counted| counted.effects.clone())
            .chain(own.map(|(_, effects)| effects.clone()))
            .collect()
    }

    fn check(&self) {
        let known = self.known();
        let mut accounts = Accounts::default();
        let mut tallies = CODES.map(|code| (code, CodeTally::default()));
        for effects in &known {
            fold(&mut accounts, effects);
            for (code, tally) in &mut tallies {
                let is_it = |text: &CodeText| text.as_str() == *code;
                for used in effects.codes.iter().filter(|used| is_it(&used.code)) {
                    tally.apply(used.day, used.discount);
                }
                let back = effects.codes_given_back.iter();
                for used in back.filter(|used| is_it(&used.code)) {
                    tally.give_back(used.day, used.discount);
                }
            }
        }
        for customer in (0..CUSTOMERS).map(customer_id) {
            let shown = self
                .till
                .ledger
                .read(|connection| account::shown(connection, customer));
            let expected = accounts.get(customer).cloned().unwrap_or_default();
            assert_eq!(shown.expect("an account"), expected, "{customer}");
            let holder = accounts.get(accounts.holder(customer)).cloned();
            assert_eq!(self.account(customer), holder.unwrap_or_default());
        }
        for (code, expected) in tallies {
            let text = CodeText::parse(code).expect("a code");
            let shown = self
                .till
                .ledger
                .read(|connection| code_use::shown(connection, &text));
            assert_eq!(shown.expect("a tally"), expected, "{code}");
        }
    }
}

#[test]
fn who_is_only_named_by_what_waits_is_shown_as_the_server_says() {
    let mut shop = Shop::open();
    let push = |entries| Act::Push {
        entries,
        reply_lost: false,
    };
    let sale = Deed::Sell {
        customer: Some(0),
        code: None,
        points: 0,
        spent: 0,
        reward: false,
    };
    let refund = Deed::Refund {
        sale: 13_891_767_759_047,
        quarters: 1,
    };
    // What waits in the end says that the customer brought another, which gives them nothing yet.
    for act in [
        Act::Here(sale),
        Act::Here(Deed::MakeCode(0)),
        Act::Here(refund),
        push(2),
        Act::Here(Deed::Refer(1, 0)),
        push(2),
        Act::Pull { rows: 4 },
        Act::Pull { rows: 2 },
    ] {
        shop.act(&act);
        shop.check();
    }
    check_rebuild(&shop.till);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn entries_of_every_kind_count_once_at_any_cut(acts in proptest::collection::vec(act(), 1..60)) {
        let mut shop = Shop::open();
        for act in &acts {
            shop.act(act);
            shop.check();
        }
        check_rebuild(&shop.till);
        while shop.till.ledger.read(outbox::waiting).expect("a count") > 0 {
            push(&shop.till, &mut shop.server, 500, false);
        }
        while pull(&shop.till, &shop.server, 100).more {}
        shop.check();
        for customer in (0..CUSTOMERS).map(customer_id) {
            let pending = shop.till.ledger.read(|connection| account::has_pending(connection, customer));
            prop_assert!(!pending.expect("a look"), "everything is included after quiet");
        }
        check_rebuild(&shop.till);
    }

    #[test]
    fn what_follows_from_entries_of_every_kind_goes_with_them_into_another_stream(
        acts in proptest::collection::vec(act(), 1..60),
        more in proptest::collection::vec(deed(), 0..10),
        (is_anew, is_doubted) in any::<(bool, bool)>(),
        confirmed in 0_u64..20,
    ) {
        let mut shop = Shop::open();
        for act in &acts {
            shop.act(act);
        }
        if is_doubted {
            shop.till.ledger.transact(outbox::doubt_all).expect("in doubt");
        }
        let before = shop.shown();
        let sends_included = !is_anew && shop.includes_what_is_not_confirmed();
        shop.goes_on_in(2, is_anew);
        // What the server's rows include and may be another's entry is sent as if they did not.
        if !sends_included {
            prop_assert_eq!(before, shop.shown());
        }
        check_rebuild(&shop.till);
        for deed in &more {
            shop.here(deed);
        }
        // The server has some of the second stream, and lost the first.
        let lost: Result<(), Error> = shop.till.ledger.transact(|tx| {
            let heads = stream::all(tx)?;
            outbox::confirm(tx, heads[1].stream, confirmed.min(heads[1].seq))?;
            outbox::doubt(tx, heads[0].stream, None)
        });
        lost.expect("other positions");
        shop.goes_on_in(3, false);
        check_rebuild(&shop.till);
        for head in shop.till.ledger.read(stream::all).expect("the streams") {
            let whole = shop.till.ledger.read(|look| stream::verify(look, head.stream));
            prop_assert!(whole.is_ok(), "{whole:?}");
        }
    }
}
