//! The server from outside: the store contract, HTTP with a real socket, the program as a process.

#![expect(clippy::unwrap_used, reason = "a test says by panicking")]

mod client;
#[cfg(unix)]
#[path = "../../../../tests/src/cluster.rs"]
#[expect(unreachable_pub, reason = "the stories use it too, from a library")]
mod cluster;
mod command;
mod contract;
mod erasing;
mod experiment;
mod generate;
mod http;
mod import;
mod long_poll;
#[cfg(unix)]
mod outage;
#[cfg(unix)]
mod postgres;
mod program;
mod proof;
mod rights;
mod snapshot;
mod sqlite;
#[cfg(unix)]
mod tls;
mod wire;
