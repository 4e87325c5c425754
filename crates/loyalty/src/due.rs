//! What follows from an account by the passing of days alone: lots expire, tiers are moved; and a
//! badge that was earned and not awarded yet.

use chrono::NaiveDate;

use crate::account::Account;
use crate::badge;
use crate::program::Program;
use crate::tier;

/// The first day from `from` on, on which something may follow from the account if nothing more happens
/// to it: never later than the first on which something does. None: nothing ever will.
///
/// A job that looks at an account on this day, writes what it finds, and asks again from the day after,
/// finds everything on its own day, however late it runs.
pub fn next_day(program: &Program, account: &Account, from: NaiveDate) -> Option<NaiveDate> {
    let ends = account.lots.iter().map(|lot| lot.days.expires_on).min();
    let expires = ends
        .and_then(|last| last.succ_opt())
        .map(|day| day.max(from));
    let tiers = program.tiers.as_ref();
    let moves = tiers.and_then(|rules| tier::may_move_on(rules, account, from));
    let is_earned = badge::unawarded(&program.badges, account).next().is_some();
    [expires, moves, is_earned.then_some(from)]
        .into_iter()
        .flatten()
        .min()
}
