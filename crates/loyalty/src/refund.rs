//! Refunds by line and quantity that add up exactly to the whole.
