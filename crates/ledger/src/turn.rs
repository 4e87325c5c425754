//! Whose turn it is to write: who is waited for at the counter goes before work that can wait.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Beside the lock of what is written.
#[derive(Debug, Default)]
pub(crate) struct Turn {
    /// How many wait who cannot.
    waiting: Mutex<usize>,
    /// None of them is left.
    nobody: Condvar,
}

impl Turn {
    /// Waits for the lock, before everybody who asked with [`Turn::when_free`].
    pub(crate) fn at_once<'a, T>(&self, lock: &'a Mutex<T>) -> MutexGuard<'a, T> {
        *unpoisoned(&self.waiting) += 1;
        let guard = unpoisoned(lock);
        let mut waiting = unpoisoned(&self.waiting);
        *waiting -= 1;
        if *waiting == 0 {
            self.nobody.notify_all();
        }
        guard
    }

    /// Waits for the lock, and until nobody waits for it who cannot.
    pub(crate) fn when_free<'a, T>(&self, lock: &'a Mutex<T>) -> MutexGuard<'a, T> {
        loop {
            let waiting = unpoisoned(&self.waiting);
            let nobody = self.nobody.wait_while(waiting, |waiting| *waiting > 0);
            drop(nobody.unwrap_or_else(PoisonError::into_inner));
            let guard = unpoisoned(lock);
            if *unpoisoned(&self.waiting) == 0 {
                return guard;
            }
            drop(guard);
        }
    }
}

/// A panic of who held it left nothing half done: a transaction was rolled back by then.
pub(crate) fn unpoisoned<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::thread;

    use super::*;

    fn somebody_waits(turn: &Turn) {
        while *unpoisoned(&turn.waiting) == 0 {
            thread::yield_now();
        }
    }

    #[test]
    fn who_cannot_wait_goes_first_whoever_came_first() {
        for _ in 0..50 {
            let (turn, lock) = (Turn::default(), Mutex::new(()));
            let (says, said) = mpsc::channel();
            thread::scope(|scope| {
                let held = unpoisoned(&lock);
                let (patient, hurried) = (says.clone(), says);
                let (turn, lock) = (&turn, &lock);
                scope.spawn(move || {
                    let _guard = turn.when_free(lock);
                    patient.send("patient").unwrap();
                });
                scope.spawn(move || {
                    let _guard = turn.at_once(lock);
                    hurried.send("hurried").unwrap();
                });
                somebody_waits(turn);
                drop(held);
            });
            assert_eq!(said.iter().collect::<Vec<_>>(), ["hurried", "patient"]);
        }
    }

    #[test]
    fn nobody_is_kept_from_a_lock_that_nobody_wants() {
        let (turn, lock) = (Turn::default(), Mutex::new(0));
        *turn.when_free(&lock) += 1;
        *turn.at_once(&lock) += 1;
        *turn.when_free(&lock) += 1;
        assert_eq!(*unpoisoned(&lock), 3);
    }
}
