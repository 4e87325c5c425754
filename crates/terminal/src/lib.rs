//! What a till can do: one file per cashier action, no window system.

mod error;
pub mod message;
mod secret;
pub mod tender;
pub mod view;
pub mod words;

pub use self::error::Error;
pub use self::secret::{KeySource, SecretError};
