//! Work for every tenant while the server serves: at the start and then again and again.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::MissedTickBehavior;

use crate::Error;
use crate::http::App;
use crate::store::Store;

/// Does `work` for one tenant after the other, now and `every` so often until the server stops; a stop does
/// not wait for it. A tenant whose work fails is tried again the next time and keeps no other from its own.
/// `name` is what the log calls it.
pub(crate) async fn for_every_tenant<S, W, F>(
    app: Arc<App<S>>,
    (name, every): (&'static str, Duration),
    work: W,
) where
    S: Store,
    W: Fn(Arc<App<S>>, String) -> F,
    F: Future<Output = Result<(), Error>>,
{
    let mut ticks = tokio::time::interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut stop = app.stopping.clone();
    let serving = async {
        loop {
            ticks.tick().await;
            once(&app, name, &work).await;
        }
    };
    tokio::select! {
        biased;
        _ = stop.wait_for(|stop| *stop) => {}
        () = serving => {}
    }
}

async fn once<S, W, F>(app: &Arc<App<S>>, name: &str, work: &W)
where
    S: Store,
    W: Fn(Arc<App<S>>, String) -> F,
    F: Future<Output = Result<(), Error>>,
{
    let tenants = match app.store.tenants().await {
        Ok(tenants) => tenants,
        Err(error) => {
            tracing::error!(work = name, %error, "a list of the tenants cannot be had");
            return;
        }
    };
    for tenant in tenants {
        if let Err(error) = work(Arc::clone(app), tenant.id.clone()).await {
            tracing::error!(work = name, tenant = tenant.id, %error, "work for a tenant failed");
        }
    }
}
