//! Sells a folder of real baskets through one till per store against a real server, with cut
//! connections and killed tills, and compares both sides to the last point.

pub mod chaos;
pub mod child;
pub mod compare;
pub mod conduct;
pub mod data;
pub mod machines;
pub mod outcome;
pub mod program;
pub mod stage;
pub mod till;
pub mod wire;
