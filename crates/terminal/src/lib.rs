//! What a till can do: one file per cashier action, no window system.

pub mod tender;
pub mod view;
