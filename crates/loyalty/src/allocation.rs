//! The second of the two places that divide: splitting an amount over lines with limited room.
