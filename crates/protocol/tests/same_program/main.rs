//! A program is one and the same wherever it has been: in a file, on the wire, on the till's clock.

mod clock;
mod draw;
mod form;
