//! Uses of codes that derive from another: each counts for its parent too, with and without the server.

use std::path::Path;

use loyalty::account::CodeTally;
use loyalty::code::CodeText;
use loyalty::money::Amount;
use mostrador_ledger::report::{self, CodeFigures};
use mostrador_ledger::{code_use, rebuild, replica};
use mostrador_loyalty as loyalty;
use mostrador_protocol::message::PullReply;
use mostrador_protocol::row::{CodeUseRow, Row};
use rusqlite::Connection;

use crate::counter::{Counter, Sold, day};
use crate::syncing::page;

fn code(text: &str) -> CodeText {
    CodeText::parse(text).expect("a code")
}

fn derived(text: &'static str) -> Sold {
    Sold {
        code: Some((text, 1_000)),
        parent: Some("VERANO"),
        ..Sold::default()
    }
}

/// Uses of a code and what it took off, as this till shows them.
fn shown(till: &Counter, text: &str) -> (u64, i64) {
    let tally = till
        .ledger
        .read(|connection| code_use::shown(connection, &code(text)))
        .expect("a tally");
    (tally.uses(), tally.discount_given().minor())
}

fn apply(till: &Counter, page: &PullReply) {
    till.ledger
        .transact(|tx| replica::apply_page(tx, page))
        .expect("a page");
}

fn rebuild(till: &Counter) {
    till.ledger
        .transact(rebuild::projections)
        .expect("a rebuild");
}

/// The parent was used once on another till.
fn elsewhere() -> Row {
    let mut tally = CodeTally::default();
    tally.apply(day(21), Amount::clamped(500));
    Row::CodeUse(CodeUseRow::new(&code("VERANO"), &tally))
}

#[test]
fn an_own_use_goes_on_counting_for_the_parent_when_another_tills_use_arrives() {
    let till = Counter::enrolled();
    till.sell(&derived("VERANOA"));
    assert_eq!(shown(&till, "VERANO"), (1, 1_000));
    apply(&till, &page(1, vec![elsewhere()]));
    assert_eq!(shown(&till, "VERANO"), (2, 1_500));
    assert_eq!(shown(&till, "VERANOA"), (1, 1_000));
    rebuild(&till);
    assert_eq!(shown(&till, "VERANO"), (2, 1_500));
}

#[test]
fn a_use_that_the_server_includes_is_not_counted_again_for_the_parent() {
    let till = Counter::enrolled();
    let sold = till.sell(&derived("VERANOA"));
    let included = PullReply {
        own_through: sold.seq,
        ..page(0, Vec::new())
    };
    apply(&till, &included);
    assert_eq!(shown(&till, "VERANOA"), (0, 0));
    assert_eq!(shown(&till, "VERANO"), (0, 0));
    rebuild(&till);
    assert_eq!(shown(&till, "VERANO"), (0, 0));
}

#[test]
fn the_day_shows_members_of_a_series_as_one_code() {
    let till = Counter::enrolled();
    till.sell(&derived("VERANO0001"));
    till.sell(&derived("VERANO0002"));
    till.sell(&Sold {
        code: Some(("EXTRA10", 500)),
        ..Sold::default()
    });
    let today = till
        .ledger
        .read(|connection| report::today(connection, day(21)))
        .expect("a report");
    let figures = |text: &str, uses, discount, total| CodeFigures {
        text: text.to_owned(),
        uses,
        discount,
        total,
    };
    assert_eq!(
        today.codes,
        [
            figures("VERANO", 2, 2_000, 18_000),
            figures("EXTRA10", 1, 500, 9_500)
        ]
    );
}

/// The file as the version before wrote it: sales without the parents of their codes, and a parent whose
/// own uses were lost when another till's arrived.
fn as_the_version_before_left_it(path: &Path) {
    let older = Connection::open(path).expect("the file");
    let key = format!("pragma key = \"x'{}'\"", "07".repeat(32));
    older.execute_batch(&key).expect("its key");
    older
        .execute_batch(
            "drop table erased_customer; drop table bootstrap; drop table bootstrap_row; drop table lease; drop table lease_asked; drop table lease_spent;
             drop table lease_closed; drop table points_at_risk; drop table undoing_tender; drop table undoing; drop table customer_entry;
             drop table code_entry; drop table reward_use; drop table referral_code;
             drop index account_by_holder; drop index account_by_referrer;
             drop index account_shown_by_referrer; drop index entry_by_reward_coupon;
             drop trigger reward_of_account_added; drop trigger reward_of_account_changed;
             drop trigger reward_of_account_removed; drop trigger reward_shown_added;
             drop trigger reward_shown_changed; drop trigger reward_shown_removed;
             drop table reward_had; drop table reward_coupon;
             drop index customer_by_epoch; drop index account_by_epoch; drop index code_use_by_epoch;
             drop index sale_by_time;
             drop index disposition_held;
             drop trigger stream_keeps_what_was_acknowledged; drop table read_again;
             create trigger stream_keeps_what_was_acknowledged before delete on stream
             begin select raise(abort, 'never'); end;
             alter table feed drop column epoch; alter table feed drop column again;
             alter table feed drop column hash; alter table customer drop column confirmed_epoch;
             alter table account drop column confirmed_epoch;
             alter table code_use drop column confirmed_epoch;
             alter table program drop column confirmed_epoch;
             alter table program drop column refused; alter table program drop column to_push; alter table program drop column seal;
             alter table account drop column merged_into;
             alter table account drop column days; alter table account_shown drop column days;
             alter table stream drop column kept; alter table stream drop column confirmed;
             create index sale_code_by_code on sale_code (code, stream, seq);
             alter table sale_code drop column parent;
             drop table rebuild_due;
             delete from refinery_schema_history where version >= 8;
             delete from code_use_shown where code = 'VERANO';",
        )
        .expect("the schema before");
}

#[test]
fn a_file_of_the_version_before_gets_the_parents_of_its_sales_when_it_is_opened() {
    let till = Counter::enrolled();
    till.sell(&derived("VERANOA"));
    apply(&till, &page(1, vec![elsewhere()]));
    let (path, folder) = till.closed();
    as_the_version_before_left_it(&path);
    let till = Counter::over(path, folder);
    assert_eq!(shown(&till, "VERANO"), (2, 1_500));
    apply(&till, &page(2, vec![elsewhere()]));
    assert_eq!(shown(&till, "VERANO"), (2, 1_500));
    let due: Result<bool, mostrador_ledger::Error> = till.ledger.read(|connection| {
        let sql = "select exists (select 1 from rebuild_due)";
        Ok(connection.query_row(sql, [], |row| row.get(0))?)
    });
    assert!(!due.expect("a look"), "it is made again once");
}

#[test]
fn what_was_used_lately_is_counted_for_the_code_and_its_parent_and_nothing_before() {
    let till = Counter::enrolled();
    till.sell(&derived("VERANOA"));
    till.sell(&derived("VERANOB"));
    let since = |ms: i64| {
        let recent = till
            .ledger
            .read(|look| mostrador_ledger::code_use::recent(look, ms));
        let recent = recent.expect("counts").into_iter();
        let counts = recent.map(|(code, (uses, _))| (code.as_str().to_owned(), uses));
        counts.collect::<Vec<_>>()
    };
    let expected = [("VERANO", 2), ("VERANOA", 1), ("VERANOB", 1)];
    assert_eq!(
        since(0),
        expected.map(|(code, uses)| (code.to_owned(), uses))
    );
    assert_eq!(since(i64::MAX), []);
}
