//! What the server counts about itself, in the text format of Prometheus.

use std::time::Duration;

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use mostrador_protocol::message::Disposition;

use crate::Error;
use crate::attention::lately_parted;
use crate::ingest::Accepted;
use crate::store::Store;
use crate::terminal::Terminal;

type Labels<const N: usize> = [(&'static str, String); N];
type Histograms<const N: usize> = Family<Labels<N>, Histogram, fn() -> Histogram>;

/// Latency, seconds: 1 ms to 32 s.
fn seconds() -> Histogram {
    Histogram::new((0..16).map(|power| 0.001 * f64::from(1_u32 << power)))
}

/// How late an entry comes, seconds: from 1 s to 90 days.
fn lags() -> Histogram {
    Histogram::new([
        1.0,
        5.0,
        30.0,
        60.0,
        300.0,
        3_600.0,
        21_600.0,
        86_400.0,
        604_800.0,
        7_776_000.0,
    ])
}

fn entries() -> Histogram {
    Histogram::new([1.0, 2.0, 5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 500.0])
}

/// Bytes: 256 to 4 MiB.
fn bytes() -> Histogram {
    Histogram::new((8..23).map(|power| f64::from(1_u32 << power)))
}

/// The server's counters. Clones of a counter share it, so counting never waits for reading.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    requests: Histograms<2>,
    refused: Family<Labels<1>, Counter>,
    database_errors: Counter,
    ingested: Family<Labels<2>, Counter>,
    lag: Histograms<1>,
    batch_entries: Histogram,
    batch_bytes: Histograms<1>,
    forks: Family<Labels<1>, Counter>,
    rewinds: Family<Labels<1>, Counter>,
    parted: Family<Labels<1>, Gauge>,
    waiting: Family<Labels<2>, Gauge>,
    clock_skew: Family<Labels<2>, Gauge<f64, std::sync::atomic::AtomicU64>>,
    held: Family<Labels<1>, Gauge>,
    stored: Family<Labels<1>, Gauge>,
    open_leases: Family<Labels<1>, Gauge>,
    connections: Gauge,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("mostrador"),
            requests: Family::new_with_constructor(seconds),
            refused: Family::default(),
            database_errors: Counter::default(),
            ingested: Family::default(),
            lag: Family::new_with_constructor(lags),
            batch_entries: entries(),
            batch_bytes: Family::new_with_constructor(bytes),
            forks: Family::default(),
            rewinds: Family::default(),
            parted: Family::default(),
            waiting: Family::default(),
            clock_skew: Family::default(),
            held: Family::default(),
            stored: Family::default(),
            open_leases: Family::default(),
            connections: Gauge::default(),
        };
        metrics.register();
        metrics
    }

    fn register(&mut self) {
        let into = &mut self.registry;
        let unit = || Unit::Seconds;
        into.register_with_unit("request", "Time to answer", unit(), self.requests.clone());
        into.register("refused", "Requests refused, by code", self.refused.clone());
        let text = "Requests that failed because of the database";
        into.register("database_errors", text, self.database_errors.clone());
        let text = "New entries by what became of them";
        into.register("ingested_entries", text, self.ingested.clone());
        let text = "Server time less effective time of the oldest new entry of a batch";
        into.register_with_unit("ingest_lag", text, unit(), self.lag.clone());
        into.register(
            "batch_entries",
            "Entries of a push",
            self.batch_entries.clone(),
        );
        let text = "Bytes of a push, as sent and when opened";
        into.register_with_unit("batch", text, Unit::Bytes, self.batch_bytes.clone());
        let text = "Pushes and hellos that met another entry at their position";
        into.register("forks", text, self.forks.clone());
        let text = "Hellos of terminals that have less than the server holds of them";
        into.register("rewinds", text, self.rewinds.clone());
        let text = "Terminals that went on in a new stream in the last seven days";
        into.register("parted_terminals", text, self.parted.clone());
        let text = "Entries and profiles that waited at the terminal's last hello";
        into.register("waiting_entries", text, self.waiting.clone());
        let text = "Server time less the terminal's wall clock at its last hello";
        into.register_with_unit("clock_skew", text, unit(), self.clock_skew.clone());
        let text = "Entries that wait for a manager or an upgrade";
        into.register("held_entries", text, self.held.clone());
        into.register("stored_entries", "Entries stored", self.stored.clone());
        let text = "Rights that terminals hold";
        into.register("open_leases", text, self.open_leases.clone());
        into.register("connections", "Connections open", self.connections.clone());
    }

    pub(crate) fn answered(&self, route: &str, status: u16, took: Duration) {
        let labels = [("route", route.to_owned()), ("status", status.to_string())];
        let seconds = took.as_secs_f64();
        self.requests.get_or_create(&labels).observe(seconds);
    }

    pub(crate) fn refused(&self, code: &str) {
        let labels = [("code", code.to_owned())];
        self.refused.get_or_create(&labels).inc();
    }

    pub(crate) fn database_failed(&self) {
        self.database_errors.inc();
    }

    pub(crate) fn pushed(&self, sent_bytes: usize, opened_bytes: usize, entries: usize) {
        self.batch_entries.observe(float(entries));
        for (what, bytes) in [("sent", sent_bytes), ("opened", opened_bytes)] {
            let labels = [("as", what.to_owned())];
            self.batch_bytes
                .get_or_create(&labels)
                .observe(float(bytes));
        }
    }

    /// `lag_ms`: of the oldest new entry, where it can be read.
    pub(crate) fn ingested(&self, tenant: &str, accepted: &Accepted, lag_ms: Option<i64>) {
        for entry in accepted.fresh() {
            let word = match entry.disposition {
                Disposition::Applied => "applied",
                Disposition::Adjusted => "adjusted",
                Disposition::Held => "held",
            };
            let labels = [
                ("tenant", tenant.to_owned()),
                ("disposition", word.to_owned()),
            ];
            self.ingested.get_or_create(&labels).inc();
        }
        if let Some(lag_ms) = lag_ms {
            let labels = [("tenant", tenant.to_owned())];
            let lag = self.lag.get_or_create(&labels);
            lag.observe(as_seconds(lag_ms).max(0.0));
        }
    }

    pub(crate) fn forked(&self, tenant: &str) {
        let labels = [("tenant", tenant.to_owned())];
        self.forks.get_or_create(&labels).inc();
    }

    pub(crate) fn rewound(&self, tenant: &str) {
        let labels = [("tenant", tenant.to_owned())];
        self.rewinds.get_or_create(&labels).inc();
    }

    /// What a terminal says of itself in a hello.
    pub(crate) fn greeted(&self, terminal: &Terminal, skew_ms: i64, waiting: Option<u64>) {
        let labels = [
            ("tenant", terminal.tenant.id.clone()),
            ("terminal", terminal.id.to_string()),
        ];
        self.clock_skew
            .get_or_create(&labels)
            .set(as_seconds(skew_ms));
        if let Some(waiting) = waiting {
            let waiting = i64::try_from(waiting).unwrap_or(i64::MAX);
            self.waiting.get_or_create(&labels).set(waiting);
        }
    }

    /// The gauge of open connections.
    pub(crate) const fn connections(&self) -> &Gauge {
        &self.connections
    }

    /// Everything as text, with what is counted in the store itself.
    pub(crate) async fn text<S: Store>(&self, store: &S, now_ms: i64) -> Result<String, Error> {
        for tenant in store.tenants().await? {
            let counts = store.vitals(&tenant.id).await?;
            let parted = lately_parted(&store.streams(&tenant.id).await?, now_ms);
            let labels = [("tenant", tenant.id)];
            let gauge = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
            self.held.get_or_create(&labels).set(gauge(counts.held));
            self.parted.get_or_create(&labels).set(gauge(parted));
            self.open_leases
                .get_or_create(&labels)
                .set(gauge(counts.open_leases));
            self.stored
                .get_or_create(&labels)
                .set(gauge(counts.entries));
        }
        let mut text = String::new();
        encode(&mut text, &self.registry).expect("BUG: writing into a string cannot fail");
        Ok(text)
    }
}

/// Sizes and counts stay far below 2^52, above which a float would round them.
#[expect(clippy::cast_precision_loss, reason = "see above")]
fn float(count: usize) -> f64 {
    count as f64
}

#[expect(
    clippy::cast_precision_loss,
    reason = "milliseconds of any date stay below 2^52"
)]
fn as_seconds(ms: i64) -> f64 {
    ms as f64 / 1_000.0
}
