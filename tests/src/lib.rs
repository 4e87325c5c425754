//! Stories from end to end, and what they are told with: a real till, the real server as a process,
//! a cable that can be pulled, and real baskets.

pub mod bench_bootstrap;
pub mod bench_commit;
pub mod bench_drain;
pub mod bench_fold;
#[cfg(unix)]
pub mod bench_ingest;
pub mod bench_ledger;
pub mod bench_push;
pub mod bench_quote;
#[cfg(target_os = "linux")]
pub mod bench_window;
#[cfg(target_os = "linux")]
pub mod camera;
#[cfg(unix)]
pub mod cluster;
pub mod counter;
pub mod deadline;
pub mod demo;
mod error;
pub mod faults;
#[cfg(target_os = "linux")]
pub mod people_scene;
#[cfg(target_os = "linux")]
pub mod points_scene;
pub mod process;
pub mod proxy;
pub mod replay;
pub mod shop;
pub mod vectors;
#[cfg(target_os = "linux")]
pub mod window;
pub mod years;

pub use self::error::Error;
