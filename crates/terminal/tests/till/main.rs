//! A whole till on a real file, against a server that lives in the same process.

mod adjusting;
mod any_sale;
mod any_text;
mod codes;
mod derived;
mod enrolment;
mod keeping;
mod leading;
mod merging;
mod meriting;
mod people;
mod points_shop;
mod redeeming;
mod referring;
mod reward_purse;
mod selling;
mod server;
mod shop;
mod syncing;
mod undoing;
mod versions;
