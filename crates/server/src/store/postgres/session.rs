//! Statements on one connection to PostgreSQL, inside a transaction.

use std::borrow::Cow;
use std::cell::RefCell;
use std::error::Error as StdError;
use std::time::Duration;

use deadpool_postgres::Object;
use tokio::runtime::Handle;
use tokio::time::Instant;
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

use super::attempt;
use super::trouble::is_conflict;
use super::wire::{Ask, Kept, MOST_WAITING, Sent, Told, travel};
use crate::Error;
use crate::store::sql::{
    Cells, Connection, Fault, Many, SqlRow, Statement, Transaction, Value, Whose,
};

/// `read committed` is enough where the tenant has one writer at a time: each statement sees what was
/// committed before it, so everything of who wrote before. A server that hangs in the middle gives the turn
/// back after a while, and who waits for it is told.
const BEGIN_TO_WRITE: &str = "begin isolation level read committed;
    set local lock_timeout = '20s';
    set local idle_in_transaction_session_timeout = '30s'";

/// One look is at one moment.
const BEGIN_TO_READ: &str = "begin isolation level repeatable read, read only;
    set local idle_in_transaction_session_timeout = '30s'";

/// From here to the commit nobody else writes this tenant's data.
const TAKE_TURN: &str = "select position from feed_head where tenant_id = $1 for update";

/// A connection inside a transaction. One that is dropped before its end is closed, which rolls back.
pub(super) struct Session {
    connection: Option<Object>,
    handle: Handle,
    /// Statements that did not travel yet: the next that is waited for takes them along.
    waiting: RefCell<Vec<Sent>>,
}

/// Work that came to no answer.
pub(super) struct Ended {
    error: Error,
    /// Whether nothing of it was done, and doing it again may succeed.
    may_try_again: bool,
}

impl Session {
    /// Does work in a transaction and commits it.
    pub(super) fn write<T>(
        connection: Object,
        handle: Handle,
        whose: &Whose,
        act: impl Fn(&dyn Transaction) -> Result<T, Error>,
    ) -> Result<T, Ended> {
        let session = Self::begin(connection, handle, BEGIN_TO_WRITE)?;
        let turn = match whose {
            Whose::Tenant(tenant) => session.ask(Ask::Rows(TAKE_TURN, &[&[tenant]])).map(|_| ()),
            Whose::Anybody => Ok(()),
        };
        let turn = turn.map_err(attempt("waiting for the turn to write"));
        let arrive = |answer| {
            let arrived = session.ask(Ask::Nothing);
            arrived.map_err(attempt("writing")).map(|_| answer)
        };
        match turn.and_then(|()| act(&session)).and_then(arrive) {
            Ok(answer) => session.commit().map(|()| answer),
            Err(error) => Err(session.give_up(error)),
        }
    }

    /// Looks at one moment.
    pub(super) fn read<T>(
        connection: Object,
        handle: Handle,
        look: impl Fn(&dyn Connection) -> Result<T, Error>,
    ) -> Result<T, Ended> {
        let session = Self::begin(connection, handle, BEGIN_TO_READ)?;
        match look(&session) {
            Ok(answer) => session.commit().map(|()| answer),
            Err(error) => Err(session.give_up(error)),
        }
    }

    fn begin(connection: Object, handle: Handle, how: &str) -> Result<Self, Ended> {
        let session = Self {
            connection: Some(connection),
            handle,
            waiting: RefCell::default(),
        };
        match session.simple(how) {
            Ok(()) => Ok(session),
            Err(source) => Err(session.give_up(attempt("beginning a transaction")(source))),
        }
    }

    /// A commit whose answer is lost may have happened: only one that the database refused is tried again.
    fn commit(mut self) -> Result<(), Ended> {
        let done = self.simple("commit");
        done.map_err(|source| {
            let may_try_again = source.code().is_some_and(is_conflict);
            Ended {
                may_try_again,
                error: attempt("committing a transaction")(source),
            }
        })?;
        drop(self.connection.take());
        Ok(())
    }

    fn give_up(mut self, error: Error) -> Ended {
        let is_lost = self.connection().is_closed();
        let may_try_again = match &error {
            Error::Database { .. } => is_lost || error.is_passing(),
            _ => false,
        };
        if self.simple("rollback").is_ok() {
            drop(self.connection.take());
        }
        Ended {
            error,
            may_try_again,
        }
    }

    fn connection(&self) -> &Object {
        let connection = self.connection.as_ref();
        connection.expect("BUG: a session has its connection until its end")
    }

    fn simple(&self, sql: &str) -> Result<(), tokio_postgres::Error> {
        let work = self.connection().batch_execute(sql);
        self.handle.block_on(work)
    }

    /// What was sent before, then this, in one way there and back.
    fn ask(&self, ask: Ask<'_>) -> Result<Told, Fault> {
        let sent = self.waiting.take();
        if sent.is_empty() && matches!(ask, Ask::Nothing) {
            return Ok(Told::Changes(Vec::new()));
        }
        let travel = travel(self.connection(), &sent, ask);
        self.handle.block_on(travel)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            // Its transaction did not end: the pool must not give it to anybody.
            drop(Object::take(connection));
        }
    }
}

impl Connection for Session {
    fn each(
        &self,
        (sql, values): Statement<'_>,
        take: &mut dyn FnMut(&SqlRow<'_>) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        self.each_of((sql, &[values]), &mut |_, row| take(row))
    }

    fn each_of(
        &self,
        (sql, many): Many<'_>,
        take: &mut dyn FnMut(usize, &SqlRow<'_>) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        if many.is_empty() {
            return Ok(());
        }
        let Told::Rows(found) = self.ask(Ask::Rows(&with_places(sql), many))? else {
            unreachable!("BUG: who asks for rows is told rows");
        };
        for (number, rows) in found.iter().enumerate() {
            for row in rows {
                take(number, &SqlRow::of(row))?;
            }
        }
        Ok(())
    }
}

impl Transaction for Session {
    fn run(&self, (sql, values): Statement<'_>) -> Result<u64, Fault> {
        let changed = self.run_each((sql, &[values]))?;
        Ok(changed.iter().sum())
    }

    fn run_each(&self, (sql, many): Many<'_>) -> Result<Vec<u64>, Fault> {
        match self.ask(Ask::Changes(&with_places(sql), many))? {
            Told::Changes(changes) => Ok(changes),
            Told::Rows(_) => unreachable!("BUG: who asks for changes is told changes"),
        }
    }

    fn send(&self, attempt: &'static str, (sql, values): Statement<'_>) -> Result<(), Fault> {
        let values = values.iter().map(|value| Kept::of(value.value()));
        let sent = Sent {
            attempt,
            sql: with_places(sql),
            values: values.collect(),
        };
        self.waiting.borrow_mut().push(sent);
        if self.waiting.borrow().len() < MOST_WAITING {
            return Ok(());
        }
        self.ask(Ask::Nothing).map(|_| ())
    }

    fn for_update(&self) -> &'static str {
        " for update"
    }
}

/// Places as PostgreSQL writes them: `$1` for `?1`. No statement has a question mark elsewhere.
fn with_places(sql: &str) -> String {
    sql.replace('?', "$")
}

/// Work that is done again when the database gave it up.
pub(super) struct Tries {
    left: u32,
    pause: Duration,
    until: Instant,
}

impl Ended {
    /// Work that never began.
    pub(super) const fn before(error: Error) -> Self {
        Self {
            error,
            may_try_again: true,
        }
    }
}

impl Tries {
    /// So many in all, with pauses that begin with this one; none begins after `within`.
    pub(super) fn of(most: u32, pause: Duration, within: Duration) -> Self {
        Self {
            left: most.saturating_sub(1),
            pause,
            until: Instant::now() + within,
        }
    }

    /// Returns when it is time to try again; the error where that would not help.
    pub(super) async fn again(&mut self, ended: Ended) -> Result<(), Error> {
        if !ended.may_try_again || self.left == 0 || Instant::now() >= self.until {
            return Err(ended.error);
        }
        tracing::debug!(error = %ended.error.sentence(), "the database gave work up; it is done again");
        tokio::time::sleep(self.pause).await;
        self.left -= 1;
        self.pause *= 2;
        Ok(())
    }
}

impl ToSql for Value<'_> {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        match *self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(number) if *ty == Type::INT4 => i32::try_from(number)?.to_sql(ty, out),
            Self::Int(number) => number.to_sql(ty, out),
            Self::Text(text) if *ty == Type::BYTEA => text.as_bytes().to_sql(ty, out),
            Self::Text(text) => storable(text).to_sql(ty, out),
            Self::Bytes(bytes) => bytes.to_sql(ty, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// Text as PostgreSQL can hold it: not with the sign of number 0. Entries are kept as bytes, where it stays.
fn storable(text: &str) -> Cow<'_, str> {
    if text.contains('\0') {
        Cow::Owned(text.replace('\0', "\u{fffd}"))
    } else {
        Cow::Borrowed(text)
    }
}

impl Cells for tokio_postgres::Row {
    fn cell(&self, index: usize) -> Result<Value<'_>, Fault> {
        let Some(column) = self.columns().get(index) else {
            return Err(Fault::column(index, &"there is no such column"));
        };
        let value = match *column.type_() {
            Type::INT8 => self.try_get::<_, Option<i64>>(index)?.map(Value::Int),
            Type::INT4 => {
                let number = self.try_get::<_, Option<i32>>(index)?;
                number.map(|number| Value::Int(i64::from(number)))
            }
            Type::BOOL => {
                let truth = self.try_get::<_, Option<bool>>(index)?;
                truth.map(|truth| Value::Int(i64::from(truth)))
            }
            Type::BYTEA => self.try_get::<_, Option<&[u8]>>(index)?.map(Value::Bytes),
            _ => self.try_get::<_, Option<&str>>(index)?.map(Value::Text),
        };
        Ok(value.unwrap_or(Value::Null))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_cannot_be_held_loses_only_the_sign_of_number_zero() {
        assert_eq!(storable("Ana"), "Ana");
        assert_eq!(storable("A\0a"), "A\u{fffd}a");
    }

    #[tokio::test]
    async fn work_is_tried_again_a_few_times_and_not_after_a_long_wait() {
        let failed = || Ended::before(Error::UnknownTenant("any".to_owned()));
        let pause = Duration::from_millis(1);
        let mut tries = Tries::of(3, pause, Duration::from_mins(1));
        assert!(tries.again(failed()).await.is_ok());
        assert!(tries.again(failed()).await.is_ok());
        assert!(tries.again(failed()).await.is_err(), "three in all");
        let mut tries = Tries::of(3, pause, Duration::ZERO);
        assert!(
            tries.again(failed()).await.is_err(),
            "it waited for too long"
        );
    }

    #[test]
    fn places_are_written_as_postgresql_does() {
        assert_eq!(with_places("a = ?1 and b = ?12"), "a = $1 and b = $12");
    }
}
