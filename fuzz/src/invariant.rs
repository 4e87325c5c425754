//! What holds for every quote.

use mostrador_loyalty::basket::Basket;
use mostrador_loyalty::money::Amount;
use mostrador_loyalty::program::Program;
use mostrador_loyalty::quote::Quote;
use mostrador_loyalty::rate;

/// Shares add up to their code, codes to the discount, per line and over all.
pub(crate) fn sums(quote: &Quote) {
    let codes = quote
        .accepted
        .iter()
        .map(|code| (code.amount, &code.shares));
    let tier = quote
        .tier_discount
        .iter()
        .map(|tier| (tier.amount, &tier.shares));
    let mut by_line = vec![0_i64; quote.lines.len()];
    let mut discount = 0_i64;
    for (amount, shares) in codes.chain(tier) {
        assert_eq!(
            shares.iter().map(|share| share.minor()).sum::<i64>(),
            amount.minor()
        );
        discount += amount.minor();
        for (line, share) in by_line.iter_mut().zip(shares) {
            *line += share.minor();
        }
    }
    assert_eq!(quote.discount.minor(), discount);
    assert_eq!(quote.total.minor() + discount, quote.gross.minor());
    assert!(quote.total >= Amount::ZERO);
    for (line, discount) in quote.lines.iter().zip(by_line) {
        assert_eq!(line.discount.minor(), discount);
        assert_eq!(line.net.minor() + discount, line.gross.minor());
    }
    let gross: i64 = quote.lines.iter().map(|line| line.gross.minor()).sum();
    assert_eq!(gross, quote.gross.minor());
}

/// No cap, maximum, floor or number of codes is passed.
pub(crate) fn bounds(quote: &Quote, program: &Program, basket: &Basket) {
    assert!(quote.accepted.len() <= program.max_codes);
    assert!(quote.discount <= rate::share_floor(quote.gross, program.basket_cap));
    for (line, quoted) in basket.lines.iter().zip(&quote.lines) {
        let floor = rate::price(line.floor, line.quantity).min(quoted.gross);
        assert!(quoted.net >= floor, "{line:?} costs {:?}", quoted.net);
        assert!(line.discountable || quoted.discount.is_zero(), "{line:?}");
    }
    for code in &quote.accepted {
        let rules = program
            .codes
            .get(&code.text)
            .expect("an accepted code is in the program");
        let most = rules.max_discount;
        assert!(most.is_none_or(|most| code.amount <= most), "{code:?}");
    }
    assert!(quote.points.as_ref().is_none_or(|points| points.total >= 0));
}
