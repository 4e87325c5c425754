//! The whole server without a socket: requests and answers as values, for harnesses that own the
//! network.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::Request;
use hyper::service::Service;
use hyper_util::service::TowerToHyperService;
use tokio::sync::watch;

use crate::Error;
use crate::http::{App, router};
use crate::ingest::release::release_readable;
use crate::limits::Limits;
use crate::mint::Mint;
use crate::store::{Serving, Store};

/// A pull that waits is woken by commits of this process; another one has no say here.
const NEVER_ELSEWHERE: Duration = Duration::from_mins(1);

/// A request as it arrives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// `GET` or `POST`.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Names in lower case and their values.
    pub headers: Vec<(String, String)>,
    /// The bytes as they came.
    pub body: Vec<u8>,
}

/// An answer as it leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// HTTP status.
    pub status: u16,
    /// Names in lower case and their values.
    pub headers: Vec<(String, String)>,
    /// The bytes as they go.
    pub body: Vec<u8>,
}

impl Answered {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The answer to what cannot even be read as a request.
    const fn no_request() -> Self {
        Self {
            status: 400,
            headers: Vec::new(),
            body: Vec::new(),
        }
    }
}

/// A server behind a function call: every endpoint, signature and limit of [`crate::Server`], nothing
/// that listens. Dropping it ends the pulls that wait.
#[derive(Debug)]
pub struct InProcess {
    service: TowerToHyperService<axum::Router>,
    _stopping: watch::Sender<bool>,
    _serving: Serving,
}

impl InProcess {
    /// Tries held entries again and serves from then on, as [`crate::Server::start_with`] does.
    ///
    /// # Errors
    /// [`Error::AlreadyServed`] when another server has this data.
    pub async fn start<S: Store>(store: S, limits: Limits, mint: Mint) -> Result<Self, Error> {
        Self::start_older(store, limits, mint, &[]).await
    }

    /// As [`InProcess::start`], by a version that does not know the kinds of entries in `unread` yet: it
    /// holds them, and tries none again that it holds.
    ///
    /// # Errors
    /// [`Error::AlreadyServed`] when another server has this data.
    pub async fn start_older<S: Store>(
        store: S,
        limits: Limits,
        mint: Mint,
        unread: &'static [&'static str],
    ) -> Result<Self, Error> {
        let serving = store.begin_serving().await?;
        if unread.is_empty() {
            release_readable(&store).await?;
        }
        let secret_key = store.identity().await?.secret_key;
        let (stopping, stop) = watch::channel(false);
        let app = App::new(store, mint, (secret_key, limits), stop);
        let app = App {
            look_every: NEVER_ELSEWHERE,
            unread,
            ..app
        };
        Ok(Self {
            service: TowerToHyperService::new(router(Arc::new(app))),
            _stopping: stopping,
            _serving: serving,
        })
    }

    /// Answers one request. What is no request at all is answered with status 400.
    pub async fn answer(&self, asked: Asked) -> Answered {
        let mut request = Request::builder()
            .method(asked.method.as_str())
            .uri(asked.target.as_str());
        for (name, value) in &asked.headers {
            request = request.header(name, value);
        }
        let Ok(request) = request.body(Body::from(asked.body)) else {
            return Answered::no_request();
        };
        let response = self.service.call(request).await;
        let response = response.unwrap_or_else(|never| match never {});
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX)
            .await
            .expect("BUG: every body is made in memory by this server");
        let headers = parts.headers.iter().filter_map(|(name, value)| {
            let value = value.to_str().ok()?;
            Some((name.as_str().to_owned(), value.to_owned()))
        });
        Answered {
            status: parts.status.as_u16(),
            headers: headers.collect(),
            body: body.to_vec(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::SqliteStore;
    use crate::clock::ManualClock;

    #[tokio::test]
    async fn it_answers_as_the_server_that_listens_does() {
        let folder = tempfile::tempdir().unwrap();
        let mint = Mint::seeded(Arc::new(ManualClock::new(1_000)), 7);
        let store = SqliteStore::open(&folder.path().join("server.sqlite"), &mint).unwrap();
        let server = InProcess::start(store, Limits::default(), mint)
            .await
            .unwrap();
        let asked = |method: &str, target: &str| Asked {
            method: method.to_owned(),
            target: target.to_owned(),
            headers: vec![("accept".to_owned(), "application/json".to_owned())],
            body: Vec::new(),
        };
        let ready = server.answer(asked("GET", "/health/ready")).await;
        assert_eq!(ready.status, 200, "{ready:?}");
        let unsigned = server.answer(asked("POST", "/v1/hello")).await;
        assert_eq!(unsigned.status, 401, "{unsigned:?}");
        assert_eq!(unsigned.header("content-type"), Some("application/json"));
        assert_eq!(server.answer(asked("GET", "no target")).await.status, 400);
    }
}
