//! No text that anybody types or scans ends the program.

use std::cell::OnceCell;

use mostrador_terminal::Error;
use mostrador_terminal::view::Language;
use proptest::prelude::*;

use crate::shop::{Shop, tender};

thread_local! {
    static SHOP: OnceCell<Shop> = const { OnceCell::new() };
}

/// What scanners, pastes and elbows produce.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        ".*",
        "[0-9.,+ -]{0,40}",
        "[A-Za-z0-9-]{0,60}",
        "\\PC{0,400}",
        "https?://.{0,40}",
        Just("' or 1=1 --".to_owned()),
        Just("\"(((*^~:AND NEAR/".to_owned()),
        Just("{code}".to_owned()),
        Just("\0\u{202e}\u{feff}".to_owned()),
    ]
}

/// Whatever an error says, it says it in whole sentences of both languages.
fn check<T>(answer: Result<T, Error>) {
    if let Err(error) = answer {
        for language in [Language::Es, Language::En] {
            let trouble = error.trouble(language);
            assert!(!trouble.message.is_empty() && !trouble.hint.is_empty());
            assert!(!trouble.message.starts_with("error."), "{trouble:?}");
            assert_ne!(trouble.code, "ledger_failed", "{error:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn every_action_takes_any_text(
        text in any_text(),
        other in any_text(),
        number in any::<i64>(),
        index in 0_usize..4,
    ) {
        SHOP.with(|shop| {
            let till = &shop.get_or_init(Shop::open).till;
            check(till.read_box(&text));
            check(till.apply_code(&text));
            check(till.add_amount(number, &text));
            check(till.add_amount_text(&text, &other));
            check(till.add_product("queso", &text));
            check(till.add_product(&text, &other));
            check(till.set_quantity(index, &text));
            check(till.set_customer(&text));
            check(till.remove_code(&text));
            check(till.pay(&[tender(&text, number), tender("cash", number)], number));
            check(till.receipt(&text));
            check(till.parse_amount(&text));
            check(till.counter());
            check(till.use_best_set());
            if index == 0 {
                check(till.park());
            }
            if index == 1 {
                check(till.recall());
            }
            if index == 2 {
                check(till.clear_basket());
            }
        });
    }
}
