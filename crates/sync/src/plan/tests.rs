use super::*;

const PUSH: Step = Step::Push(Limit::LARGEST);
const POLL: Step = Step::Pull {
    wait_ms: LONG_POLL_MS,
};
const ASK: Step = Step::Pull { wait_ms: 0 };
const PAGE: Outcome = Outcome::Pulled {
    more: false,
    empty: false,
    asked_ms: 0,
};

/// A plan that has said hello and caught up at 0.
fn idle() -> Plan {
    Plan::default()
        .after(0, Step::Hello, Outcome::Greeted(Verdict::Ok), 0)
        .after(0, ASK, PAGE, 0)
}

fn push_of(entries: usize) -> impl Fn(Step) -> bool {
    move |step| matches!(step, Step::Push(limit) if limit.entries == entries)
}

#[test]
fn the_conversation_is_hello_then_push_and_pull_in_turns_then_a_long_poll() {
    let plan = Plan::default();
    assert_eq!(plan.next(0, true), Step::Hello);
    let plan = plan.after(0, Step::Hello, Outcome::Greeted(Verdict::Ok), 0);
    assert_eq!(plan.next(0, true), PUSH);
    let plan = plan.after(0, PUSH, Outcome::Pushed, 0);
    assert_eq!(plan.next(0, true), ASK, "push does not starve pull");
    let more = Outcome::Pulled {
        more: true,
        empty: false,
        asked_ms: 0,
    };
    let plan = plan.after(0, ASK, more, 0);
    assert_eq!(plan.next(0, true), PUSH, "pull does not starve push");
    assert_eq!(plan.next(0, false), ASK, "pull until there is no more");
    assert_eq!(plan.phase(false), Phase::Sending);
    let plan = plan.after(0, ASK, PAGE, 0);
    assert_eq!(plan.next(0, false), POLL);
    assert_eq!(plan.phase(false), Phase::UpToDate);
}

#[test]
fn a_sale_during_a_long_poll_is_pushed_at_once() {
    let plan = idle().after(5_000, POLL, Outcome::Interrupted, 0);
    assert_eq!(plan.next(5_000, true), PUSH);
}

#[test]
fn a_server_that_does_not_wait_is_asked_once_a_second() {
    let nothing = Outcome::Pulled {
        more: false,
        empty: true,
        asked_ms: 100,
    };
    let plan = idle().after(101, POLL, nothing, 0);
    assert_eq!(plan.next(101, false), Step::Rest { until_ms: 1_100 });
    assert_eq!(plan.next(101, true), PUSH, "sales do not wait for that");
    assert_eq!(plan.next(1_100, false), POLL);
}

#[test]
fn failures_in_a_row_wait_up_to_a_window_that_doubles_to_five_minutes() {
    let mut plan = idle();
    let mut now_ms = 0;
    for window_ms in [
        1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 128_000, 256_000, 300_000, 300_000,
    ] {
        plan = plan.after(
            now_ms,
            Step::Hello,
            Outcome::Failed(Cause::Unreachable),
            window_ms - 1,
        );
        let until_ms = now_ms + window_ms - 1;
        let look_ms = now_ms + PROBE_EVERY_MS;
        let rest = Step::Rest {
            until_ms: until_ms.min(look_ms),
        };
        assert_eq!(plan.next(now_ms, true), rest);
        assert_eq!(plan.retry_at_ms(), Some(until_ms));
        now_ms = until_ms;
        assert_eq!(plan.next(now_ms, true), Step::Hello);
    }
    assert_eq!(plan.phase(true), Phase::Offline);
    let plan = plan.after(now_ms, Step::Hello, Outcome::Greeted(Verdict::Ok), 0);
    let plan = plan.after(now_ms, PUSH, Outcome::Failed(Cause::Unreachable), 999);
    let until_ms = now_ms + 999;
    assert_eq!(plan.next(now_ms, true), Step::Rest { until_ms });
}

/// A wait of five minutes less a millisecond, from 0.
fn long_wait(cause: Cause) -> Plan {
    let mut plan = idle();
    for _ in 0..10 {
        plan = plan.after(0, Step::Hello, Outcome::Failed(cause), 299_999);
    }
    plan
}

#[test]
fn a_long_wait_is_cut_short_when_somebody_answers_again() {
    let silent = Outcome::Probed { answers: false };
    let speaks = Outcome::Probed { answers: true };
    for cause in [
        Cause::Unreachable,
        Cause::Timeout,
        Cause::NotTheServer,
        Cause::Busy { retry_after: None },
    ] {
        let plan = long_wait(cause);
        assert_eq!(plan.next(0, true), Step::Rest { until_ms: 10_000 });
        assert_eq!(plan.next(10_000, true), Step::Probe, "{cause:?}");
        let waits = plan.clone().after(10_000, Step::Probe, silent, 3_000 << 32);
        assert_eq!(waits.next(10_000, true), Step::Rest { until_ms: 23_000 });
        assert_eq!(
            waits.retry_at_ms(),
            Some(299_999),
            "the wait itself goes on"
        );
        for (jitter, until_ms) in [(0, 10_000), (4_999, 14_999), (5_000, 10_000)] {
            let healed = plan.clone().after(10_000, Step::Probe, speaks, jitter);
            assert_eq!(healed.retry_at_ms(), Some(until_ms));
            assert_eq!(healed.next(until_ms, true), Step::Hello);
        }
    }
}

#[test]
fn a_nudge_looks_at_once_and_cuts_nothing_by_itself() {
    let plan = long_wait(Cause::Unreachable).nudged(700);
    assert_eq!(plan.next(700, true), Step::Probe);
    let plan = plan.after(700, Step::Probe, Outcome::Probed { answers: false }, 0);
    assert_eq!(plan.next(700, true), Step::Rest { until_ms: 10_700 });
}

#[test]
fn who_asked_to_come_back_later_and_who_refuses_is_not_looked_at() {
    let retry_after = Some(Duration::from_mins(2));
    for cause in [
        Cause::Busy { retry_after },
        Cause::SlowDown { retry_after },
        Cause::Attention(Attention::TerminalUnknown),
    ] {
        let plan = long_wait(cause).nudged(700);
        let until_ms = 299_999;
        assert_eq!(plan.next(700, true), Step::Rest { until_ms }, "{cause:?}");
    }
}

#[test]
fn a_person_who_asks_does_not_wait_for_the_backoff() {
    let plan = idle().after(0, POLL, Outcome::Failed(Cause::Unreachable), 900);
    assert_eq!(plan.next(0, false), Step::Rest { until_ms: 900 });
    assert_eq!(plan.retried().next(0, false), Step::Hello);
}

#[test]
fn what_is_too_slow_or_too_large_halves_the_batch_and_success_doubles_it() {
    let busy = Cause::Busy { retry_after: None };
    let again = |plan: Plan| {
        plan.after(0, Step::Hello, Outcome::Greeted(Verdict::Ok), 0)
            .after(0, ASK, PAGE, 0)
    };
    for cause in [Cause::Timeout, busy] {
        let plan = again(idle().after(0, PUSH, Outcome::Failed(cause), 0).retried());
        assert!(push_of(250)(plan.next(0, true)), "{cause:?}");
        let plan = plan
            .after(0, PUSH, Outcome::Pushed, 0)
            .after(0, ASK, PAGE, 0);
        assert!(push_of(500)(plan.next(0, true)), "{cause:?}");
    }
    let mut plan = idle();
    for entries in [250, 125, 62, 31, 15, 7, 3, 1] {
        plan = plan.after(0, PUSH, Outcome::Failed(Cause::TooLarge), 0);
        assert!(push_of(entries)(plan.next(0, true)), "413 is tried at once");
    }
    let plan = plan.after(0, PUSH, Outcome::Failed(Cause::TooLarge), 0);
    assert_eq!(plan.phase(true), Phase::NeedsAttention);
    assert!(matches!(plan.next(0, true), Step::Rest { .. }));
    let offline = idle().after(0, PUSH, Outcome::Failed(Cause::Unreachable), 0);
    let plan = again(offline.retried());
    assert!(
        push_of(500)(plan.next(0, true)),
        "a cut line says nothing about size"
    );
}

#[test]
fn a_push_that_always_fails_lets_a_pull_stand_between() {
    for cause in [
        Cause::Attention(Attention::ChainBroken),
        Cause::Attention(Attention::StreamForeign),
        Cause::Busy { retry_after: None },
        Cause::Timeout,
    ] {
        let mut plan = idle();
        for time in 0..5 {
            let Step::Push(limit) = plan.next(0, true) else {
                panic!("{time}: {plan:?}");
            };
            plan = plan
                .after(0, Step::Push(limit), Outcome::Failed(cause), 0)
                .retried()
                .after(0, Step::Hello, Outcome::Greeted(Verdict::Ok), 0);
            assert_eq!(plan.next(0, true), ASK, "{cause:?}");
            plan = plan.after(0, ASK, PAGE, 0);
        }
    }
    let mut plan = idle();
    for _ in 0..2 {
        plan = plan.after(0, PUSH, Outcome::SentBack, 0);
        if plan.phase(true) != Phase::NeedsAttention {
            plan = plan.after(0, Step::Hello, Outcome::Greeted(Verdict::Ok), 0);
        }
    }
    let plan = plan
        .retried()
        .after(0, Step::Hello, Outcome::Greeted(Verdict::Ok), 0);
    assert_eq!(plan.next(0, true), ASK, "sent back again and again");
}

#[test]
fn retry_after_is_honoured_up_to_an_hour() {
    for (asked_s, until_ms) in [(0, 50), (30, 30_000), (86_400, 3_600_000)] {
        let retry_after = Some(Duration::from_secs(asked_s));
        for cause in [Cause::Busy { retry_after }, Cause::SlowDown { retry_after }] {
            let plan = idle().after(0, POLL, Outcome::Failed(cause), 0);
            assert_eq!(plan.next(0, true), Step::Rest { until_ms }, "{cause:?}");
        }
    }
}

#[test]
fn asking_too_often_is_not_mended_by_smaller_batches() {
    let cause = Cause::SlowDown { retry_after: None };
    let plan = idle().after(0, PUSH, Outcome::Failed(cause), 0).retried();
    let plan = plan.after(0, Step::Hello, Outcome::Greeted(Verdict::Ok), 0);
    let plan = plan.after(0, ASK, PAGE, 0);
    assert_eq!(plan.next(0, true), PUSH);
}

#[test]
fn a_feed_that_cannot_be_read_keeps_no_sale_from_the_server() {
    let unreadable = Outcome::Failed(Cause::Attention(Attention::Unreadable));
    let mut plan = idle();
    for _ in 0..5 {
        plan = plan.after(0, ASK, unreadable, 0).retried();
        assert_eq!(plan.next(0, true), Step::Hello);
        plan = plan.after(0, Step::Hello, Outcome::Greeted(Verdict::Ok), 0);
        assert_eq!(plan.next(0, true), PUSH);
        plan = plan.after(0, PUSH, Outcome::Pushed, 0);
        assert_eq!(plan.next(0, true), ASK);
    }
}

#[test]
fn a_till_that_was_set_back_goes_on_in_a_new_stream() {
    let rewound = Outcome::Greeted(Verdict::Rewound);
    let plan = Plan::default().after(0, Step::Hello, rewound, 0);
    let part = Step::Part(Parting::Rewound);
    assert_eq!(plan.next(0, true), part);
    let failed = Outcome::Failed(Cause::Attention(Attention::Ledger));
    let again = plan.clone().after(0, part, failed, 500);
    assert_eq!(again.next(500, true), part, "until it is done");
    let plan = plan.after(0, part, Outcome::Parted, 0);
    assert_eq!(plan.next(0, true), Step::Hello, "of the new stream");
    assert_eq!(plan.trouble(), None);
}

#[test]
fn a_till_that_was_copied_finds_the_entry_at_which_the_streams_part() {
    let forked = Outcome::Failed(Cause::Forked);
    let by_push = idle().after(0, PUSH, forked, 0);
    let by_hello = Plan::default().after(0, Step::Hello, Outcome::Greeted(Verdict::Fork), 0);
    for plan in [by_push, by_hello] {
        assert_eq!(plan.next(0, true), Step::Doubt);
        let mut plan = plan.after(0, Step::Doubt, Outcome::Doubted, 0);
        for entries in [500, 250, 125, 62, 31, 15, 7, 3, 1] {
            let step = plan.next(0, true);
            assert!(push_of(entries)(step), "{step:?}");
            plan = plan.after(0, step, forked, 0);
        }
        let part = Step::Part(Parting::Fork);
        assert_eq!(plan.next(0, true), part);
        let plan = plan.after(0, part, Outcome::Parted, 0);
        assert_eq!(plan.next(0, true), Step::Hello);
        assert_eq!(
            plan.trouble(),
            None,
            "nothing is in the way of the new stream"
        );
    }
}

#[test]
fn a_batch_that_is_held_by_a_stream_that_goes_on_otherwise_asks_how_it_stands() {
    let plan = idle().after(0, PUSH, Outcome::Differs, 0);
    assert_eq!(plan.next(0, true), Step::Hello);
}

#[test]
fn an_upgrade_and_signed_refusals_need_attention_and_are_asked_again() {
    let upgrade = Outcome::Greeted(Verdict::Upgrade);
    let plan = Plan::default().after(0, Step::Hello, upgrade, 500);
    assert_eq!(plan.trouble(), Some(Trouble::Attention(Attention::Upgrade)));
    assert_eq!(plan.phase(false), Phase::NeedsAttention);
    assert_eq!(plan.next(500, true), Step::Hello, "and nothing is pushed");
    let cause = Cause::Attention(Attention::of_refusal("stream_foreign"));
    let plan = idle().after(0, PUSH, Outcome::Failed(cause), 0);
    assert_eq!(
        plan.trouble(),
        Some(Trouble::Attention(Attention::StreamForeign))
    );
}

#[test]
fn a_portal_is_named_and_is_only_offline() {
    let plan = idle().after(0, PUSH, Outcome::Failed(Cause::NotTheServer), 0);
    assert_eq!(
        plan.trouble(),
        Some(Trouble::Offline(Offline::NotTheServer))
    );
    assert_eq!(plan.phase(true), Phase::Offline);
}

#[test]
fn a_server_that_went_back_is_sent_to_again_once_and_then_somebody_is_told() {
    let plan = idle().after(0, PUSH, Outcome::SentBack, 0);
    assert_eq!(plan.next(0, true), Step::Hello);
    let plan = plan.after(0, Step::Hello, Outcome::Greeted(Verdict::Ok), 0);
    assert_eq!(plan.next(0, true), PUSH);
    let healed = plan.clone().after(0, PUSH, Outcome::Pushed, 0);
    assert_eq!(healed.trouble(), None);
    let plan = plan.after(0, PUSH, Outcome::SentBack, 0);
    assert_eq!(
        plan.trouble(),
        Some(Trouble::Attention(Attention::SentBack))
    );
}

#[test]
fn another_feed_is_settled_by_a_hello_and_waited_for_when_it_is_not() {
    let pull = Step::Pull { wait_ms: 0 };
    let again = |plan: Plan| {
        let plan = plan.after(0, pull, Outcome::OtherFeed, 0);
        let is_waiting = plan.trouble().is_some();
        let hello = Outcome::Greeted(Verdict::Ok);
        (plan.retried().after(0, Step::Hello, hello, 0), is_waiting)
    };
    let (plan, is_waiting) = again(idle());
    assert!(!is_waiting, "the hello follows at once");
    let (plan, is_waiting) = again(plan);
    assert!(is_waiting, "nobody is asked as fast as the line allows");
    let page = Outcome::Pulled {
        more: false,
        empty: true,
        asked_ms: 0,
    };
    let (_, is_waiting) = again(plan.after(0, pull, page, 0));
    assert!(!is_waiting);
}

proptest::proptest! {
    /// Whatever happens, the plan asks again within an hour and never sends before hello.
    #[test]
    fn it_always_goes_on(events in proptest::collection::vec((0_u8..12, proptest::num::u64::ANY), 0..60)) {
        let mut plan = Plan::default();
        let mut now_ms = 0;
        for (kind, jitter) in events {
            let mut step = plan.next(now_ms, jitter % 2 == 0);
            if let Step::Rest { until_ms } = step {
                proptest::prop_assert!(until_ms > now_ms && until_ms - now_ms <= 3_600_000);
                now_ms = until_ms;
                step = plan.next(now_ms, jitter % 2 == 0);
            }
            let outcome = match (step, kind) {
                (Step::Probe, _) => Outcome::Probed { answers: kind % 2 == 0 },
                (_, 0) => Outcome::Failed(Cause::Unreachable),
                (_, 1) => Outcome::Failed(Cause::Timeout),
                (_, 2) => Outcome::Failed(Cause::TooLarge),
                (_, 3) => Outcome::Failed(Cause::NotTheServer),
                (_, 4) => Outcome::Failed(Cause::Busy { retry_after: Some(Duration::from_secs(jitter)) }),
                (_, 5) => Outcome::Failed(Cause::Attention(Attention::Refused)),
                (_, 7) => Outcome::Failed(Cause::Clock),
                (_, 8) => Outcome::Failed(Cause::SlowDown { retry_after: Some(Duration::from_secs(jitter)) }),
                (Step::Doubt, _) => Outcome::Doubted,
                (Step::Part(_), _) => Outcome::Parted,
                (Step::Hello, 9) => Outcome::Greeted(Verdict::Rewound),
                (Step::Push(_), 9) => Outcome::Failed(Cause::Forked),
                (Step::Push(_), 10) => Outcome::Differs,
                (Step::Hello, 6) => Outcome::Greeted(Verdict::Fork),
                (Step::Hello, _) => Outcome::Greeted(Verdict::Ok),
                (Step::Push(_), 6) => Outcome::SentBack,
                (Step::Push(_), _) => Outcome::Pushed,
                (Step::Pull { wait_ms: 1.. }, 6) => Outcome::Interrupted,
                (Step::Pull { .. }, 10) => Outcome::Behind,
                (Step::Snapshot, 9) => Outcome::OtherFeed,
                (Step::Snapshot, _) => Outcome::Took { more: kind % 2 == 0 },
                (Step::Pull { .. }, _) => Outcome::Pulled { more: kind % 2 == 0, empty: kind % 3 == 0, asked_ms: now_ms },
                (Step::Lease, _) => Outcome::Leased { is_short: kind % 2 == 0 },
                (Step::Rest { .. }, _) => continue,
            };
            if step == Step::Hello {
                plan = plan.granting(jitter % 3 > 0);
            }
            plan = plan.after(now_ms, step, outcome, jitter);
        }
    }
}

#[test]
fn a_snapshot_takes_turns_with_what_waits_and_the_feed_goes_on_after_it() {
    let more = Outcome::Took { more: true };
    let plan = Plan::default()
        .after(0, Step::Hello, Outcome::Greeted(Verdict::Ok), 0)
        .after(0, ASK, Outcome::Behind, 0);
    assert_eq!(plan.next(0, false), Step::Snapshot);
    assert_eq!(plan.next(0, true), PUSH, "a sale goes first");
    let plan = plan.after(0, PUSH, Outcome::Pushed, 0);
    assert_eq!(plan.next(0, true), Step::Snapshot, "and does not starve it");
    let plan = plan.after(0, Step::Snapshot, more, 0);
    assert_eq!(
        (plan.next(0, true), plan.next(0, false)),
        (PUSH, Step::Snapshot)
    );
    assert_eq!(plan.phase(false), Phase::Sending);
    let cut = Outcome::Failed(Cause::Unreachable);
    let again = plan.clone().after(0, Step::Snapshot, cut, 0);
    let again = again
        .retried()
        .after(0, Step::Hello, Outcome::Greeted(Verdict::Ok), 0);
    assert_eq!(again.next(0, false), ASK, "the server says it again");
    let other = plan.clone().after(0, Step::Snapshot, Outcome::OtherFeed, 0);
    assert_eq!(other.next(0, true), Step::Hello);
    let plan = plan.after(0, Step::Snapshot, Outcome::Took { more: false }, 0);
    assert_eq!(plan.next(0, false), ASK, "what came since");
}

/// A plan whose server grants leases, caught up at 0.
fn leasing() -> Plan {
    idle().granting(true)
}

const ENOUGH: Outcome = Outcome::Leased { is_short: false };

#[test]
fn leases_are_looked_after_when_there_is_nothing_else_and_once_a_minute() {
    assert_eq!(leasing().next(0, true), PUSH, "a sale goes first");
    assert_eq!(leasing().next(0, false), Step::Lease);
    let plan = leasing().after(0, Step::Lease, ENOUGH, 0);
    assert_eq!(plan.next(0, false), POLL);
    let nothing = Outcome::Pulled {
        more: false,
        empty: true,
        asked_ms: 35_000,
    };
    let plan = plan.after(59_000, POLL, nothing, 0);
    assert_eq!(
        plan.next(59_000, false),
        Step::Pull { wait_ms: 1_000 },
        "the poll ends when it is time"
    );
    assert_eq!(plan.next(60_000, false), Step::Lease);
}

#[test]
fn who_waits_at_the_counter_is_asked_for_again_in_half_a_second() {
    let short = Outcome::Leased { is_short: true };
    let plan = leasing().after(0, Step::Lease, short, 0);
    assert_eq!(plan.next(499, false), Step::Pull { wait_ms: 1 });
    assert_eq!(plan.next(500, false), Step::Lease);
}

#[test]
fn a_nudge_and_a_recall_look_after_leases_at_once() {
    let plan = leasing().after(0, Step::Lease, ENOUGH, 0);
    let nudged = plan.clone().after(10, POLL, Outcome::Interrupted, 0);
    assert_eq!(nudged.next(10, false), Step::Lease);
    assert_eq!(plan.look_after_leases().next(10, false), Step::Lease);
}

#[test]
fn a_server_without_leases_is_never_asked_for_any() {
    let plan = idle().granting(false).look_after_leases();
    let plan = plan.after(10, POLL, Outcome::Interrupted, 0);
    assert_eq!(plan.next(10, false), POLL);
    assert_eq!(plan.next(1_000_000, false), POLL);
}
