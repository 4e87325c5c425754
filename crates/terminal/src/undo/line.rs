//! The lines of a sale on the refund screen: what was sold, what came back, what is chosen.

use mostrador_protocol::entry::{SaleLine, SaleRefunded};

use super::choice;
use super::found::Found;
use crate::message::say;
use crate::view::{Language, RefundInput, RefundLine};
use crate::words;

/// Each line, with the money of what is chosen where the refund can be.
pub(super) fn views(
    language: Language,
    found: &Found,
    input: &RefundInput,
    planned: Option<&SaleRefunded>,
) -> Vec<RefundLine> {
    let left = found.left();
    let units = choice::units(input);
    let lines = found.sale.lines.iter().enumerate();
    let views = lines.map(|(at, line)| {
        let left = left.get(at).map_or_else(Default::default, |it| it.value());
        let given = planned.and_then(|refund| {
            let mut lines = refund.lines.iter();
            lines.find(|units| usize::try_from(units.line) == Ok(at))
        });
        let chosen = units.iter().find(|(index, _)| *index == at);
        RefundLine {
            name: line.name.clone(),
            sold: words::decimal(language, line.quantity),
            left: words::decimal(language, left),
            net: line.net,
            money: given.map_or(0, |units| units.money),
            said: came_back(language, found, at),
            trouble: match chosen {
                Some((_, Ok(quantity))) if quantity.value() > left => too_many(language, found, at),
                Some((_, Err(error))) => error.trouble(language).message,
                _ => String::new(),
            },
        }
    });
    views.collect()
}

/// A line as it was sold: `2 × Capuchino`.
pub(super) fn sold(language: Language, line: &SaleLine) -> String {
    let quantity = words::decimal(language, line.quantity);
    format!("{quantity} × {}", line.name)
}

/// How many of a line came back, and when.
fn came_back(language: Language, found: &Found, at: usize) -> String {
    let times = found.refunds.iter().flat_map(|refund| {
        let lines = refund.lines.iter();
        let of_line = lines.filter(move |units| usize::try_from(units.line) == Ok(at));
        of_line.map(move |units| {
            let quantity = words::decimal(language, units.quantity);
            let moment = words::moment(language, refund.at.local_time);
            let parameters = [("quantity", quantity.as_str()), ("moment", &moment)];
            say(language, "undo.came_back", &parameters)
        })
    });
    let times: Vec<String> = times.collect();
    words::list(language, &times)
}

fn too_many(language: Language, found: &Found, at: usize) -> String {
    let left = found.left();
    let left = left.get(at).map_or_else(Default::default, |it| it.value());
    let said = came_back(language, found, at);
    let left = words::decimal(language, left);
    if said.is_empty() {
        return say(language, "undo.more_than_sold", &[("left", &left)]);
    }
    say(
        language,
        "undo.more_than_left",
        &[("left", &left), ("said", &said)],
    )
}
