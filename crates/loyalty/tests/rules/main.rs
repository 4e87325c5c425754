//! The rules of pricing one by one, by figures that can be checked by hand.

mod counter;
mod derived;
mod earning;
mod eligibility;
mod free_units;
mod near;
mod own_code;
mod work_order;
