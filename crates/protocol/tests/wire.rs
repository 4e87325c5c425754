//! Everything that was ever written on the wire stays readable: one file in `fixtures/wire` for each
//! form that a version wrote. A file is never changed; when a version writes something new, run this
//! test once with `MOSTRADOR_BLESS=1` and it adds the new form beside the old ones.

#![expect(clippy::unwrap_used, reason = "a test says by panicking")]

use std::path::{Path, PathBuf};

use mostrador_loyalty::account::Account;
use mostrador_protocol::entry::{Decoded, EntryHash, RawEntry};
use mostrador_protocol::found::SalesReply;
use mostrador_protocol::history::HistoryReply;
use mostrador_protocol::lease::{LeasesReply, LeasesRequest};
use mostrador_protocol::message::{
    CustomerReply, EnrolReply, EnrolRequest, ErrorReply, HelloReply, HelloRequest, PullReply,
    PushReply, PushRequest, Verdict,
};
use mostrador_protocol::program::ProgramDocument;
use mostrador_protocol::snapshot::{SnapshotPart, SnapshotReply};
use serde::Serialize;
use serde::de::DeserializeOwned;

fn folder(what: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fixtures/wire")
        .join(what)
}

/// Every form of `what` that was ever written, the oldest first.
fn forms(what: &str) -> Vec<String> {
    let files = std::fs::read_dir(folder(what)).unwrap();
    let mut paths: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    paths.sort();
    assert!(!paths.is_empty(), "{what} has no fixtures");
    let texts = paths.iter().map(std::fs::read_to_string);
    texts.collect::<Result<_, _>>().unwrap()
}

/// Reads every form and writes it again as this version does: that form must be among the files.
fn check(what: &str, write_again: impl Fn(&str) -> String) {
    let mut known = forms(what);
    for form in known.clone() {
        let written = write_again(&form);
        if known.contains(&written) {
            continue;
        }
        assert!(
            std::env::var_os("MOSTRADOR_BLESS").is_some(),
            "this version writes another {what} than any before: run this test with \
             MOSTRADOR_BLESS=1 to keep its form beside the old ones\n{written}"
        );
        let name = format!("{:03}.json", known.len() + 1);
        std::fs::write(folder(what).join(name), &written).unwrap();
        known.push(written);
    }
}

fn check_message<T: Serialize + DeserializeOwned>(what: &str) {
    check(what, |form| {
        let read: T = serde_json::from_str(form).unwrap_or_else(|e| panic!("{what} {form}: {e}"));
        serde_json::to_string(&read).unwrap()
    });
}

#[test]
fn every_message_ever_written_is_read() {
    check_message::<EnrolRequest>("enrol_request");
    check_message::<EnrolReply>("enrol_reply");
    check_message::<HelloRequest>("hello_request");
    check_message::<HelloReply>("hello_reply");
    check_message::<PushRequest>("push_request");
    check_message::<PushReply>("push_reply");
    check_message::<PullReply>("pull_reply");
    check_message::<SnapshotReply>("snapshot_reply");
    check_message::<SnapshotPart>("snapshot_part");
    check_message::<LeasesRequest>("leases_request");
    check_message::<LeasesReply>("leases_reply");
    check_message::<CustomerReply>("customer_reply");
    check_message::<SalesReply>("sales_reply");
    check_message::<HistoryReply>("history_reply");
    check_message::<ErrorReply>("error_reply");
}

#[test]
fn every_program_ever_published_is_read_and_compiles() {
    check_message::<ProgramDocument>("program");
    for form in forms("program") {
        let document: ProgramDocument = serde_json::from_str(&form).unwrap();
        assert!(document.compile().is_ok(), "{form}");
    }
}

#[test]
fn every_entry_ever_written_is_read_with_its_meaning() {
    check("entry", |form| {
        let raw: RawEntry = serde_json::from_str(form).unwrap();
        let header = raw.header().unwrap();
        let Decoded::Known(payload) = raw.payload(&header).unwrap() else {
            panic!("{form} is of a kind that was known once");
        };
        assert_eq!(payload.check(), Ok(()), "{form}");
        serde_json::to_string(&payload.seal(&header)).unwrap()
    });
    let first: RawEntry = serde_json::from_str(&forms("entry")[2]).unwrap();
    let header = first.header().unwrap();
    let payload = first.payload(&header).unwrap();
    let Decoded::Known(mostrador_protocol::entry::Payload::SaleCompleted(sale)) = payload else {
        panic!("the third entry is a sale");
    };
    let effects = sale.effects(header.effective_ms);
    assert_eq!((sale.total, effects.codes.len()), (9_000, 1));
    assert_eq!(effects.codes[0].discount.minor(), 1_000);
    assert_eq!(effects.accounts.len(), 1);
}

/// What the entries of the account's first version do to whom: sale, refunds, void, adjustments, merge.
#[test]
fn entries_of_an_account_keep_what_they_do() {
    let forms = forms("entry");
    let balances = |number: usize| -> (String, Vec<i64>) {
        let raw: RawEntry = serde_json::from_str(&forms[number - 1]).unwrap();
        let header = raw.header().unwrap();
        let Decoded::Known(payload) = raw.payload(&header).unwrap() else {
            panic!("{header:?}");
        };
        let effects = payload.effects(header.effective_ms);
        let changes = effects.accounts.iter().map(|(_, fact)| {
            let mut account = Account::default();
            account.apply(fact).balance_change()
        });
        let mut changes: Vec<i64> = changes.collect();
        changes.extend(effects.merge.map(|_| 0));
        (header.kind, changes)
    };
    let told: Vec<_> = (9..=25)
        .map_while(|number| (number <= forms.len()).then(|| balances(number)))
        .collect();
    let expected = [
        ("sale_completed", vec![-130]),
        ("sale_refunded", vec![43]),
        ("sale_refunded", vec![87]),
        ("sale_voided", vec![130]),
        ("points_adjusted", vec![200]),
        ("points_adjusted", vec![-50]),
        ("referral_bonus", vec![500, 0]),
        ("points_expired", vec![0]),
        ("customer_linked", vec![0]),
        ("referral_registered", vec![0]),
        ("reward_redeemed", vec![-150]),
        ("reward_returned", vec![150]),
        ("referral_code_made", vec![0]),
        ("tier_moved", vec![0]),
        ("badge_awarded", vec![0]),
        ("approval_given", vec![]),
    ];
    let expected: Vec<_> = expected
        .map(|(kind, changes)| (kind.to_owned(), changes))
        .into();
    assert_eq!(told, expected);
}

#[test]
fn a_chain_of_the_first_version_has_the_hash_it_had() {
    let push: PushRequest = serde_json::from_str(&forms("push_request")[0]).unwrap();
    let chain = |hash: EntryHash, entry: &RawEntry| entry.hash(&hash);
    let head = push.entries.iter().fold(push.base_hash, chain);
    let hello: HelloRequest = serde_json::from_str(&forms("hello_request")[0]).unwrap();
    assert_eq!(
        (head, push.entries.len() as u64),
        (hello.head_hash, hello.head_seq)
    );
}

#[test]
fn what_a_later_version_adds_does_not_keep_this_one_from_reading() {
    let later = forms("hello_reply")[0].replacen('{', r#"{"of_a_later_version":[1,{"x":2}],"#, 1);
    let read: HelloReply = serde_json::from_str(&later).unwrap();
    assert_eq!(read.verdict, Verdict::Ok);
    let verdict: Verdict = serde_json::from_str(r#""a_later_verdict""#).unwrap();
    assert_eq!(
        verdict,
        Verdict::Upgrade,
        "what a till cannot understand asks for an update"
    );
    let entry = &forms("entry")[1];
    let raw: RawEntry =
        serde_json::from_str(&entry.replace("shift_opened", "later_kind_1")).unwrap();
    let header = raw.header().unwrap();
    assert_eq!(raw.payload(&header).unwrap(), Decoded::Unknown);
}
