//! What any implementation of the Store contract must pass. A file that has one calls
//! `contract_suite!` with a function that opens a fresh store and returns it with what keeps it alive.

pub(crate) mod attention;
pub(crate) mod directory;
pub(crate) mod erasure;
pub(crate) mod exception;
pub(crate) mod experiment;
pub(crate) mod feed;
pub(crate) mod fork;
pub(crate) mod held;
pub(crate) mod jobs;
pub(crate) mod lease;
pub(crate) mod limit;
pub(crate) mod merge;
pub(crate) mod merit;
pub(crate) mod profile;
pub(crate) mod push;
pub(crate) mod referral;
pub(crate) mod restored;
pub(crate) mod sale;
pub(crate) mod scribe;
pub(crate) mod snapshot;
pub(crate) mod undoing;

/// One test per behaviour, for the store that `$open` opens.
#[macro_export]
macro_rules! contract_suite {
    ($open:path) => {
        $crate::contract! { contract_tests { $open } }
    };
}

/// Hands every behaviour to a macro.
#[macro_export]
macro_rules! contract {
    ($each:ident { $($with:tt)* }) => {
        $crate::$each! { $($with)*;
            directory: a_code_enrols_one_terminal_once,
            directory: an_old_code_is_worth_nothing,
            directory: names_that_are_taken_or_unknown_say_so,
            directory: a_program_is_published_once_and_ascends,
            push: a_lost_ack_counts_the_sale_once,
            push: a_batch_that_overlaps_adds_only_what_is_new,
            push: a_gap_is_asked_for,
            push: a_held_entry_does_not_block_the_stream,
            push: bytes_come_back_as_they_were_sent,
            push: any_pieces_in_any_order_come_to_the_same,
            push: tenants_do_not_see_each_other,
            fork: another_entry_at_the_same_position_is_a_fork,
            fork: the_owner_sees_what_a_terminal_said_and_how_it_stands,
            fork: a_cursor_beyond_the_feed_changes_the_generation,
            restored: a_terminal_that_read_another_feed_is_recognised,
            restored: a_connected_terminal_is_asked_again_until_it_spoke,
            restored: the_first_word_after_a_restore_counts,
            restored: a_terminal_that_parts_is_awaited_in_its_new_stream,
            restored: an_acknowledgement_shows_that_the_server_was_restored,
            restored: a_push_after_what_is_here_shows_that_the_server_was_restored,
            restored: a_restore_is_a_matter_of_one_tenant,
            restored: a_terminal_is_believed_once_an_hour,
            restored: a_server_that_was_started_since_believes_a_terminal_again,
            restored: a_lost_program_comes_back_once_and_takes_no_others_place,
            restored: rules_of_a_batch_that_failed_judge_nobody,
            fork: a_stream_of_another_terminal_is_refused,
            fork: both_branches_are_kept_and_each_id_counts_once,
            fork: an_id_with_another_payload_is_held,
            held: a_released_entry_has_the_effects_it_would_have_had,
            held: what_still_cannot_be_read_stays_held,
            held: a_held_copy_counts_once_with_the_first,
            held: what_waited_for_a_released_sale_follows_it,
            held: a_sale_that_comes_frees_nothing_that_cannot_be_read,
            lease: the_last_use_goes_to_one_terminal,
            lease: a_question_asked_again_is_one_lease,
            lease: time_frees_nothing,
            lease: what_comes_back_can_be_granted_again,
            lease: a_lease_that_comes_back_alone_leaves_its_uses_counted,
            lease: what_a_held_sale_spent_is_not_granted_again,
            lease: what_was_spent_unseen_is_written_off_with_its_terminal,
            lease: a_write_off_tells_what_it_names,
            lease: a_right_that_is_held_is_never_over,
            lease: a_terminal_that_is_written_off_becomes_named_exposure,
            lease: a_limit_that_is_lowered_names_what_is_beyond_it,
            lease: somebody_at_the_counter_recalls_what_is_idle,
            lease: one_terminal_at_a_time_decides_on_a_customer,
            lease: fifty_terminals_ask_for_the_last_use_at_once,
            lease: a_restored_server_grants_nothing_before_everybody_has_spoken,
            limit: a_use_beyond_the_total_limit_is_adjusted,
            limit: a_use_beyond_the_customer_limit_is_adjusted,
            limit: uses_beyond_a_day_or_a_budget_are_adjusted,
            limit: a_program_that_cannot_be_read_any_more_keeps_no_sale_out,
            exception: what_was_accepted_is_listed_with_code_subject_and_amount,
            exception: exceptions_are_listed_by_the_day_on_which_they_came,
            exception: a_clock_years_ahead_moves_nothing_into_the_future,
            undoing: a_refund_waits_for_its_sale,
            undoing: a_copy_of_a_waiting_refund_comes_free_with_the_first,
            undoing: units_come_back_once_although_two_tills_took_them,
            undoing: other_units_at_two_tills_add_up_to_the_sale,
            undoing: a_void_undoes_what_is_left,
            undoing: a_refund_that_gives_too_much_does_what_is_due,
            undoing: rewards_beyond_stock_or_customer_are_adjusted,
            jobs: a_second_run_writes_nothing,
            jobs: a_missed_month_comes_to_the_same_as_daily_runs,
            jobs: an_expired_lot_is_never_counted,
            jobs: a_tier_goes_up_at_once,
            jobs: a_referral_pays_once_whatever_arrives_first,
            jobs: an_undone_sale_takes_the_bonus_back_once,
            jobs: a_refused_referral_pays_nothing,
            jobs: a_referral_by_an_employee_pays_nothing,
            jobs: new_thresholds_move_tiers_on_the_day_they_are_published,
            jobs: many_are_due_on_one_day,
            merit: a_badge_is_awarded_once_with_its_points,
            merit: tiers_by_score_move_with_the_days,
            merit: a_leaderboard_counts_what_stands_and_names_what_was_agreed,
            referral: every_referral_says_what_came_of_it,
            referral: a_loop_through_a_merge_is_seen,
            merge: who_absorbs_a_record_has_what_that_one_took_over,
            merge: a_bonus_follows_the_sale_through_two_merges,
            experiment: a_basket_is_one_use_whichever_till_tells_of_it,
            experiment: an_undone_sale_is_a_use_and_no_conversion,
            experiment: the_limits_of_a_parent_hold_over_its_variants,
            attention: a_terminal_that_is_silent_or_ahead_is_named_with_a_remedy,
            attention: a_new_stream_is_named_for_a_week_whatever_its_next_hello_says,
            attention: leases_of_before_a_new_stream_are_named_until_they_are_written_off,
            erasure: who_is_erased_is_in_no_row_and_the_points_stay,
            erasure: a_late_edit_does_not_bring_anybody_back,
            erasure: a_restored_server_is_told_who_was_erased,
            erasure: a_person_is_erased_with_every_record_and_can_see_what_is_held,
            profile: the_later_profile_wins_in_any_order,
            profile: a_profile_reaches_every_terminal,
            profile: of_two_consents_the_more_restrictive_wins,
            profile: the_later_of_two_equal_referral_codes_becomes_another,
            profile: who_comes_without_a_referral_code_gets_one,
            profile: a_history_has_every_entry_once_the_latest_first,
            sale: a_sale_is_found_by_its_number_with_what_undid_it,
            sale: two_sales_of_one_number_are_both_found,
            profile: a_history_goes_on_with_what_was_merged_into_it,
            feed: a_page_ends_where_a_transaction_ends,
            feed: a_page_is_bounded_in_bytes,
            feed: own_through_agrees_with_the_rows_of_the_page,
            feed: a_cursor_misses_nothing_under_concurrent_pushes,
            feed: nothing_new_writes_nothing,
            snapshot: a_snapshot_and_what_follows_is_the_later_snapshot,
            snapshot: who_stands_below_the_horizon_begins_again_and_who_stands_above_reads_on,
            snapshot: rows_stay_until_they_are_old_enough,
            snapshot: parts_go_on_after_any_key,
        }
    };
}

/// The tests of [`contract_suite!`].
#[macro_export]
macro_rules! contract_tests {
    ($open:path; $($module:ident: $test:ident),* $(,)?) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                let (store, _alive) = $open();
                $crate::contract::$module::$test(store).await;
            }
        )*
    };
}

/// Spawns every behaviour into the set `$tasks`, each on the store that `$open` gives for its name.
#[macro_export]
macro_rules! contract_tasks {
    ($tasks:ident, $open:ident; $($module:ident: $test:ident),* $(,)?) => {
        $(
            let store = $open(stringify!($test));
            let name = stringify!($test);
            $tasks.push((name, tokio::spawn(async move {
                let (store, _turn) = store.await;
                $crate::contract::$module::$test(store).await;
            })));
        )*
    };
}
