//! Undoing: the last step of the basket, a sale in parts, the last sale whole.
//!
//! `found` looks a sale up, here and at the server; `choice` reads what the cashier chose; `refund` and
//! `void` preview and record, `undoer` being who does it; `effect` puts what follows into words; `show`
//! and `line` make the views, `paper` the receipt; `step` takes the basket back.

mod choice;
mod effect;
mod found;
mod line;
mod paper;
mod refund;
mod show;
mod step;
mod undoer;
mod void;

pub(crate) use found::{Found, own_sale};
pub(crate) use step::Steps;
