//! Statements on their way: sent one behind the other without waiting, answered together.
//!
//! The answer to a statement takes a way there and back. A batch of 500 sales has thousands of statements whose
//! answer nobody needs, and questions that are asked once for each sale: both travel together, in their order,
//! for one such way.

use std::collections::HashMap;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

use deadpool_postgres::Object;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Error, Row, Statement};

use crate::store::sql::{Fault, Param, Value};

/// Statements that wait at most; then they go by themselves.
pub(super) const MOST_WAITING: usize = 1_000;

/// A statement whose answer nobody waits for.
pub(super) struct Sent {
    pub(super) attempt: &'static str,
    pub(super) sql: String,
    pub(super) values: Vec<Kept>,
}

/// A value that is kept until it travels.
pub(super) enum Kept {
    Null,
    Int(i64),
    Text(String),
    Bytes(Vec<u8>),
}

impl Kept {
    pub(super) fn of(value: Value<'_>) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Int(number) => Self::Int(number),
            Value::Text(text) => Self::Text(text.to_owned()),
            Value::Bytes(bytes) => Self::Bytes(bytes.to_owned()),
        }
    }

    fn value(&self) -> Value<'_> {
        match self {
            Self::Null => Value::Null,
            Self::Int(number) => Value::Int(*number),
            Self::Text(text) => Value::Text(text),
            Self::Bytes(bytes) => Value::Bytes(bytes),
        }
    }
}

/// What is asked behind what was sent.
pub(super) enum Ask<'a> {
    /// Nothing.
    Nothing,
    /// How many rows a statement changes, for each set of values.
    Changes(&'a str, &'a [&'a [&'a dyn Param]]),
    /// Its rows, for each set of values.
    Rows(&'a str, &'a [&'a [&'a dyn Param]]),
}

/// What came back, for each set of values.
pub(super) enum Told {
    Changes(Vec<u64>),
    Rows(Vec<Vec<Row>>),
}

/// Sends everything and waits for all of the answers. The first failure counts: after it the database does
/// nothing more of this transaction.
pub(super) async fn travel(
    connection: &Object,
    sent: &[Sent],
    ask: Ask<'_>,
) -> Result<Told, Fault> {
    let mut prepared: HashMap<&str, Statement> = HashMap::new();
    for sent in sent {
        if !prepared.contains_key(sent.sql.as_str()) {
            let statement = connection.prepare_cached(&sent.sql).await;
            prepared.insert(&sent.sql, statement.map_err(|source| sent.failed(source))?);
        }
    }
    let asked = match ask {
        Ask::Changes(sql, _) | Ask::Rows(sql, _) => Some(connection.prepare_cached(sql).await?),
        Ask::Nothing => None,
    };

    let kept: Vec<Vec<Value<'_>>> = sent
        .iter()
        .map(|sent| sent.values.iter().map(Kept::value).collect())
        .collect();
    let kept: Vec<Vec<Bound<'_>>> = kept.iter().map(|values| bound(values)).collect();
    let mut going: Vec<Answer<'_, u64>> = Vec::with_capacity(sent.len());
    for (sent, values) in sent.iter().zip(&kept) {
        let execute = connection.execute(&prepared[sent.sql.as_str()], values);
        going.push(Answer::sent(Box::pin(execute)).await);
    }
    let many = match ask {
        Ask::Changes(_, many) | Ask::Rows(_, many) => many,
        Ask::Nothing => &[],
    };
    let values: Vec<Vec<Value<'_>>> = many
        .iter()
        .map(|values| values.iter().map(|value| value.value()).collect())
        .collect();
    let values: Vec<Vec<Bound<'_>>> = values.iter().map(|values| bound(values)).collect();
    let mut changes = Vec::new();
    let mut rows = Vec::new();
    for values in &values {
        match (&ask, &asked) {
            (Ask::Changes(..), Some(statement)) => {
                let execute = connection.execute(statement, values);
                changes.push(Answer::sent(Box::pin(execute)).await);
            }
            (Ask::Rows(..), Some(statement)) => {
                let query = connection.query(statement, values);
                rows.push(Answer::sent(Box::pin(query)).await);
            }
            _ => {}
        }
    }
    for (sent, answer) in sent.iter().zip(going) {
        answer.come().await.map_err(|source| sent.failed(source))?;
    }
    if let Ask::Changes(..) = ask {
        return Ok(Told::Changes(all(changes).await?));
    }
    Ok(Told::Rows(all(rows).await?))
}

impl Sent {
    fn failed(&self, source: Error) -> Fault {
        let attempt = self.attempt;
        Fault::Sent { attempt, source }
    }
}

type Bound<'a> = &'a (dyn ToSql + Sync);

fn bound<'a>(values: &'a [Value<'a>]) -> Vec<Bound<'a>> {
    values.iter().map(|value| value as Bound<'a>).collect()
}

async fn all<T>(answers: Vec<Answer<'_, T>>) -> Result<Vec<T>, Error> {
    let mut told = Vec::with_capacity(answers.len());
    for answer in answers {
        told.push(answer.come().await?);
    }
    Ok(told)
}

/// The answer to a statement that is on its way.
enum Answer<'a, T> {
    Here(Result<T, Error>),
    Coming(Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'a>>),
}

impl<'a, T> Answer<'a, T> {
    /// Puts a statement on its way: the driver does that when it is first asked for the answer.
    async fn sent(mut answer: Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'a>>) -> Self {
        let first = poll_fn(|context| Poll::Ready(answer.as_mut().poll(context))).await;
        match first {
            Poll::Ready(here) => Self::Here(here),
            Poll::Pending => Self::Coming(answer),
        }
    }

    async fn come(self) -> Result<T, Error> {
        match self {
            Self::Here(answer) => answer,
            Self::Coming(answer) => answer.await,
        }
    }
}
