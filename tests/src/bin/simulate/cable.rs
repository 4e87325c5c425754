//! The network between one till and the server, as bad as its weather.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use mostrador_protocol::signature::{SIGNATURE_HEADER, first};
use mostrador_server::in_process::{Answered, Asked};
use mostrador_sync::transport::{Incoming, Outgoing, Pending, Transport, TransportError};
use tokio::sync::oneshot;

use super::chance::Chance;
use super::diary::Diary;
use super::message;
use super::site::Site;

/// Old requests and answers that may turn up again.
const REMEMBERED: usize = 8;

/// From here on a message is late, milliseconds.
const LATE_MS: u64 = 2_000;

/// What a cable does. Shares are percent of the messages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Weather {
    /// Nothing gets to the server.
    pub(super) no_way_there: bool,
    /// Nothing gets back.
    pub(super) no_way_back: bool,
    /// Somebody else answers.
    pub(super) portal: bool,
    /// Requests and answers that are lost.
    pub(super) lost: u64,
    /// Requests that arrive a second time, later.
    pub(super) twice: u64,
    /// Requests and answers that arrive in part.
    pub(super) cut_short: u64,
    /// Answers in whose place an old one comes.
    pub(super) stale: u64,
    /// The longest way in one direction, milliseconds.
    pub(super) slow_ms: u64,
}

/// A till's way to the server.
#[derive(Debug)]
pub(super) struct Cable {
    name: String,
    site: Arc<Site>,
    diary: Arc<Diary>,
    chance: Chance,
    weather: Mutex<Weather>,
    old: Mutex<VecDeque<Answered>>,
}

impl Cable {
    pub(super) fn new(
        name: &str,
        (site, diary): (&Arc<Site>, &Arc<Diary>),
        seed: u64,
    ) -> Arc<Self> {
        Arc::new(Self {
            name: name.to_owned(),
            site: Arc::clone(site),
            diary: Arc::clone(diary),
            chance: Chance::of(seed, &format!("cable of {name}")),
            weather: Mutex::new(Weather::default()),
            old: Mutex::default(),
        })
    }

    pub(super) fn set_weather(&self, weather: Weather) {
        *unpoisoned(&self.weather) = weather;
    }

    /// Whether a share of so many percent is met now.
    fn meets(&self, percent: u64, kind: &'static str) -> bool {
        let met = percent > 0 && self.chance.percent(percent);
        if met {
            self.diary.fault(kind);
        }
        met
    }

    fn way(&self, weather: &Weather) -> Duration {
        let way_ms = 1 + self.chance.below(weather.slow_ms + 1);
        if way_ms > LATE_MS {
            self.diary.fault("message late");
        }
        Duration::from_millis(way_ms)
    }

    /// The whole way there and back; nothing when nobody will ever answer.
    async fn carry(self: Arc<Self>, request: Outgoing) -> Option<Result<Incoming, TransportError>> {
        let weather = *unpoisoned(&self.weather);
        let what = self.diary.told(|| message::asked(&request));
        tokio::time::sleep(self.way(&weather)).await;
        if weather.no_way_there {
            self.diary.fault("way there cut");
            self.say(&what, "nobody there");
            return Some(Err(nobody()));
        }
        if weather.portal {
            self.diary.fault("portal");
            self.say(&what, "a portal answers");
            return Some(Ok(portal()));
        }
        if self.meets(weather.lost, "request lost") {
            self.say(&what, "lost on the way");
            return None;
        }
        let mut asked = asked(request);
        let path = asked.target.split('?').next();
        let is_beginning = u64::from(path == Some("/v1/snapshot"));
        self.diary
            .reached("tills that began with a snapshot", is_beginning);
        if self.meets(weather.cut_short, "request cut short") {
            let kept = asked.body.len() / 2;
            asked.body.truncate(kept);
            self.say(&what, "arrives in part");
        } else if self.meets(weather.twice, "request twice") {
            self.later(&what, asked.clone(), &weather);
        }
        let Some(answer) = self.site.answer(asked).await else {
            self.say(&what, "the server is down");
            return Some(Err(nobody()));
        };
        let result = self.diary.told(|| message::answered(&answer));
        tokio::time::sleep(self.way(&weather)).await;
        self.back(&what, &result, (answer, weather))
    }

    /// The way back.
    fn back(
        &self,
        what: &str,
        result: &str,
        (mut answer, weather): (Answered, Weather),
    ) -> Option<Result<Incoming, TransportError>> {
        if weather.no_way_back {
            self.diary.fault("way back cut");
            self.say(what, &format!("{result}, and no answer gets back"));
            return None;
        }
        if self.meets(weather.lost, "answer lost") {
            self.say(what, &format!("{result}, and the answer is lost"));
            return None;
        }
        let mut old = unpoisoned(&self.old);
        if !old.is_empty() && self.meets(weather.stale, "old answer again") {
            let place = usize::try_from(self.chance.below(old.len() as u64)).unwrap_or(0);
            self.say(what, &format!("{result}, and an old answer comes instead"));
            return Some(Ok(incoming(old[place].clone())));
        }
        if self.meets(weather.cut_short, "answer cut short") {
            let kept = answer.body.len() / 2;
            answer.body.truncate(kept);
            self.say(what, &format!("{result}, and the answer arrives in part"));
            return Some(Ok(incoming(answer)));
        }
        old.push_back(answer.clone());
        if old.len() > REMEMBERED {
            old.pop_front();
        }
        self.say(what, result);
        Some(Ok(incoming(answer)))
    }

    /// The same request arrives again, after others.
    fn later(self: &Arc<Self>, what: &str, asked: Asked, weather: &Weather) {
        let (cable, what) = (Arc::clone(self), what.to_owned());
        let wait = self.way(weather) * 3 + Duration::from_millis(self.chance.below(20_000));
        tokio::spawn(async move {
            tokio::time::sleep(wait).await;
            if let Some(answer) = cable.site.answer(asked).await {
                let result = cable.diary.told(|| message::answered(&answer));
                cable.diary.fault("request after later ones");
                cable.say(&what, &format!("{result}, as a copy that came late"));
            }
        });
    }

    fn say(&self, what: &str, result: &str) {
        self.diary.step(&self.name, || format!("{what}: {result}"));
    }
}

/// A cable as a till holds it.
#[derive(Debug)]
pub(super) struct Plug(pub(super) Arc<Cable>);

impl Transport for Plug {
    /// The message travels on when the till gives it up, or dies.
    fn send(&self, request: Outgoing) -> Pending<'_, Result<Incoming, TransportError>> {
        let cable = Arc::clone(&self.0);
        let (answer, answered) = oneshot::channel();
        tokio::spawn(async move {
            if let Some(result) = cable.carry(request).await {
                // Nobody waits any more: the answer is lost.
                let _ = answer.send(result);
            } else {
                // The line stays open and silent, until the till gives up.
                let () = std::future::pending().await;
            }
        });
        Box::pin(async move {
            match answered.await {
                Ok(result) => result,
                Err(_) => Err(TransportError::Timeout),
            }
        })
    }
}

fn asked(request: Outgoing) -> Asked {
    let headers = request.headers.into_iter();
    Asked {
        method: request.method.to_owned(),
        target: request.target,
        headers: headers
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
        body: request.body,
    }
}

fn incoming(answer: Answered) -> Incoming {
    let header = |name: &str| answer.header(name).map(str::to_owned);
    let seconds = header("retry-after").and_then(|text| text.parse().ok());
    Incoming {
        status: answer.status,
        signature: header(SIGNATURE_HEADER),
        first_signature: header(first::SIGNATURE_HEADER),
        retry_after: seconds.map(Duration::from_secs),
        encoding: header("content-encoding"),
        body: answer.body,
    }
}

fn portal() -> Incoming {
    Incoming {
        status: 200,
        signature: None,
        first_signature: None,
        retry_after: None,
        encoding: None,
        body: b"<html>Bienvenido</html>".to_vec(),
    }
}

fn nobody() -> TransportError {
    TransportError::Unreachable("nobody there".into())
}

fn unpoisoned<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
