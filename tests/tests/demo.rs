//! The demo tells what it promises, in both languages.

use mostrador_terminal::view::Language;
use mostrador_tests::Error;
use mostrador_tests::demo::{self, Day};
use mostrador_tests::shop::fixtures;

async fn check(language: Language, expected: &[(&str, usize)]) -> Result<(), Error> {
    let day = Day {
        fixtures: fixtures(),
        language,
    };
    let mut out = Vec::new();
    demo::run(&day, &mut out).await?;
    let story = String::from_utf8(out).expect("a story is text");
    for (part, times) in expected {
        assert_eq!(story.matches(part).count(), *times, "{part:?} in:\n{story}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_day_is_told_in_spanish() -> Result<(), Error> {
    check(
        Language::Es,
        &[
            ("Este comprobante no es una factura", 4),
            ("[not_stackable]", 1),
            ("[minimum_not_met]", 1),
            ("★", 1),
            ("sale_completed", 4),
            ("· iguales", 2),
            ("DISTINTOS", 0),
        ],
    )
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_day_is_told_in_english() -> Result<(), Error> {
    check(
        Language::En,
        &[
            ("This receipt is not an invoice", 4),
            ("✗ VERANO2025A", 1),
            ("· equal", 2),
            ("NOT EQUAL", 0),
        ],
    )
    .await
}
