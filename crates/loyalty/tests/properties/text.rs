//! Texts that people type.

use mostrador_loyalty as loyalty;
use proptest::prelude::*;

use crate::cases;
use loyalty::code::CodeText;
use loyalty::code::generated::{is_intact, slips, with_check_sign};
use loyalty::code::series::Pattern;
use loyalty::code::text::normalised;

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn reading_a_code_never_fails_and_is_done_once(raw in any::<String>()) {
        if let Some(text) = CodeText::parse(&raw) {
            prop_assert_eq!(CodeText::parse(text.as_str()), Some(text));
        }
    }

    #[test]
    fn of_ascii_only_spaces_dashes_and_small_letters_change(raw in "[ -~\\t]{0,45}") {
        let expected: String = raw
            .chars()
            .filter(|sign| !sign.is_whitespace() && *sign != '-')
            .map(|sign| sign.to_ascii_uppercase())
            .collect();
        prop_assert_eq!(normalised(&raw), expected);
    }

    #[test]
    fn reading_a_pattern_never_fails(raw in prop_oneof![any::<String>(), "[A-Z2-9]{0,5}[?]{0,30}#?"]) {
        if let Ok(pattern) = Pattern::parse(&raw) {
            prop_assert_eq!(Pattern::parse(&pattern.to_string()), Ok(pattern));
        }
    }

    #[test]
    fn no_slip_of_a_generated_code_has_its_check_sign(body in "[2-9A-HJKMNP-Z]{3,29}") {
        let code = with_check_sign(&body).expect("signs and length fit");
        prop_assert!(is_intact(&code));
        for slip in slips(&code) {
            prop_assert!(!is_intact(&slip), "{} passes for {}", slip, code);
        }
    }
}
