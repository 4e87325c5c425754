//! Any text as a program file: read or refused in its place, never a panic.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| mostrador_fuzz::text::check(text));
