//! Any program, basket and scans, priced: the invariants of a quote hold.
#![no_main]

libfuzzer_sys::fuzz_target!(|scene: mostrador_fuzz::Scene<'_>| scene.check());
