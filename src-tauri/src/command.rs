//! What the window may ask for, one command per cashier action; each answers with what to show.

pub(crate) mod basket;
pub(crate) mod code;
pub(crate) mod customer;
pub(crate) mod identify;
pub(crate) mod pay;
pub(crate) mod points;
pub(crate) mod report;
pub(crate) mod screen;
pub(crate) mod session;
pub(crate) mod sync;
pub(crate) mod undo;
