//! Jobs while the server serves: for every tenant, at the start and then again and again.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::MissedTickBehavior;

use super::run;
use crate::http::App;
use crate::store::Store;

/// Runs the jobs of all tenants now and `every` so often until the server stops. A tenant whose jobs
/// fail is tried again the next time and keeps no other from its own.
pub(crate) async fn keep_running<S: Store>(app: Arc<App<S>>, every: Duration) {
    let mut ticks = tokio::time::interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut stop = app.stopping.clone();
    loop {
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return,
            _ = ticks.tick() => {}
        }
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return,
            () = run_all(&app) => {}
        }
    }
}

async fn run_all<S: Store>(app: &App<S>) {
    let tenants = match app.store.tenants().await {
        Ok(tenants) => tenants,
        Err(error) => {
            tracing::error!(%error, "the jobs cannot list the tenants");
            return;
        }
    };
    for tenant in tenants {
        match run(&app.store, &app.mint, &tenant.id).await {
            Ok(report) if report.written() == 0 => {}
            Ok(report) => {
                app.changes.wake(&tenant.id);
                tracing::info!(
                    tenant = tenant.id,
                    expired = report.expired,
                    moved = report.moved,
                    bonuses = report.bonuses,
                    badges = report.badges,
                    "the jobs wrote what follows from entries"
                );
            }
            Err(error) => {
                tracing::error!(tenant = tenant.id, %error, "the jobs of a tenant failed");
            }
        }
    }
}
