//! What the fuzz targets do with arbitrary bytes: `scene` makes a counter of them, `invariant` says what
//! holds at every counter, `text` what holds for every program file.

mod invariant;
mod scene;
pub mod text;

pub use scene::Scene;
