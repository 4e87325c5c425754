//! The number of a sale as a QR code: a refund begins with scanning it.

use std::fmt::Write as _;

use qrcode::{Color, EcLevel, QrCode};

use crate::view::SquareCode;

/// Modules of white around it, as the standard asks for.
const QUIET: usize = 4;

/// The square of a text; `None` for one that fits in none, which a receipt number never is.
pub(crate) fn square(text: &str) -> Option<SquareCode> {
    // Receipts get folded: a quarter of it may be lost.
    let code = QrCode::with_error_correction_level(text, EcLevel::Q).ok()?;
    let width = code.width();
    let mut path = String::new();
    for (row, colors) in code.to_colors().chunks(width).enumerate() {
        let mut column = 0;
        while column < width {
            let run = colors[column..]
                .iter()
                .take_while(|color| **color == Color::Dark);
            let run = run.count();
            if run > 0 {
                let (x, y) = (column + QUIET, row + QUIET);
                write!(path, "M{x} {y}h{run}v1h-{run}z").ok()?;
            }
            column += run.max(1);
        }
    }
    Some(SquareCode {
        size: u32::try_from(width + 2 * QUIET).ok()?,
        path,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receipt_number_is_a_small_square_with_its_corner_in_place() {
        let square = square("CAJA1-2P00011").expect("it fits");
        assert_eq!(square.size, 21 + 8);
        assert!(square.path.starts_with("M4 4h7v1h-7z"), "{}", square.path);
        assert!(super::square(&"9".repeat(9_000)).is_none());
    }
}
