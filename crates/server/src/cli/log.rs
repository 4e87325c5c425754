//! The log: sentences with fields, without personal data.

use tracing_subscriber::EnvFilter;

/// Starts it on the error output; `RUST_LOG` chooses what is said.
pub(super) fn start(json: bool) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    if json {
        log.json().flatten_event(true).init();
    } else {
        log.with_ansi(false).init();
    }
}
