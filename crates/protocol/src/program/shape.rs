//! Shapes of keys.
