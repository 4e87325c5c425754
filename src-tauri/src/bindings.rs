//! The typed bridge: which commands and events exist, and their TypeScript types.

use tauri_specta::{Builder, collect_commands, collect_events};

use crate::command::{
    basket, code, customer, identify, pay, points, report, screen, session, sync, undo,
};
use crate::stale::TillStale;

/// Every command and event of the window.
pub(crate) fn builder() -> Builder<tauri::Wry> {
    Builder::<tauri::Wry>::new()
        // Every amount is below 2^53 by its type, see `mostrador_terminal::view`.
        .dangerously_cast_bigints_to_number()
        // What goes out and what comes in have one shape here.
        .disable_serde_phases()
        .commands(collect_commands![
            session::till_view,
            session::enrol,
            session::unlock,
            session::lock,
            session::set_language,
            identify::read_box,
            identify::set_customer,
            identify::clear_customer,
            customer::new_profile,
            customer::edit_profile,
            customer::save_profile,
            customer::find_person,
            customer::register_referral,
            customer::preview_merge,
            customer::merge_customers,
            customer::adjustment,
            customer::adjust_points,
            customer::history,
            customer::history_online,
            basket::counter,
            basket::add_product,
            basket::add_amount,
            basket::set_quantity,
            basket::remove_line,
            basket::clear_basket,
            basket::park,
            basket::recall,
            code::apply_code,
            code::remove_code,
            code::allow_code,
            code::use_best_set,
            points::redeem_view,
            points::preview_points,
            points::redeem_points,
            points::apply_reward,
            points::make_coupon,
            points::coupon_slip,
            points::return_coupon,
            pay::reach_payment,
            pay::preview_tenders,
            pay::pay,
            pay::receipt,
            undo::undo_step,
            undo::find_sale,
            undo::find_sale_online,
            undo::preview_refund,
            undo::refund,
            undo::offer_void,
            undo::void_sale,
            report::today,
            report::leaderboard,
            sync::sync_view,
            sync::sync_now,
            screen::toggle_full_screen,
        ])
        .events(collect_events![TillStale])
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    /// Run with `MOSTRADOR_BLESS=1` to write the file.
    #[test]
    fn the_committed_types_are_those_of_this_program() {
        let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/src/api/bindings.ts");
        let folder = tempfile::tempdir().expect("a folder");
        let fresh = folder.path().join("bindings.ts");
        super::builder()
            .export(specta_typescript::Typescript::default(), &fresh)
            .expect("the types export");
        let fresh = std::fs::read_to_string(&fresh).expect("the fresh types");
        if std::env::var_os("MOSTRADOR_BLESS").is_some() {
            std::fs::write(&committed, &fresh).expect("the types are written");
        }
        let committed = std::fs::read_to_string(&committed).expect("the committed types");
        assert!(
            committed == fresh,
            "ui/src/api/bindings.ts is not current: run MOSTRADOR_BLESS=1 cargo test -p mostrador committed_types"
        );
    }
}
