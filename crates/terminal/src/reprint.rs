//! The receipt of a sale, at once and again later.

use std::sync::Arc;

use mostrador_ledger as ledger;
use mostrador_ledger::Connection;
use mostrador_protocol::entry::SaleCompleted;
use uuid::Uuid;

use crate::Error;
use crate::counter::progress;
use crate::customer::name_of;
use crate::merit::Merit;
use crate::message::say;
use crate::price::{Buyer, standing_of};
use crate::receipt::{Customer, Surroundings, layout};
use crate::redeem::grace;
use crate::rules::Rules;
use crate::square::square;
use crate::tier_up;
use crate::till::Till;
use crate::view::{ReceiptKind, ReceiptView};

impl Till {
    /// The receipt of a sale of this till, or of a refund or void made here, marked as a copy. The balance on it is today's.
    pub fn receipt(&self, sale_id: &str) -> Result<ReceiptView, Error> {
        self.require_cashier()?;
        let sale_id: Uuid = sale_id.parse().map_err(|_| Error::UnknownSale)?;
        self.read_with_rules(|connection, rules| {
            if let Some(undone) = self.undo_receipt(connection, &rules, sale_id)? {
                return Ok(undone);
            }
            let sold = ledger::sale::by_id(connection, sale_id)?.ok_or(Error::UnknownSale)?;
            let rules = rules_of(connection, rules, sold.program_version)?;
            let printed = Printed {
                before: None,
                is_sent: sold.sent,
                is_copy: true,
            };
            let mut view = self.print(connection, &sold.sale, &rules, &printed)?;
            let key = if sold.sent {
                "sale.said.kept"
            } else {
                "sale.said.offline"
            };
            view.said = say(self.language(), key, &[]);
            Ok(view)
        })
    }

    /// The receipt of a sale that was just recorded in this transaction. `before` is its customer as it
    /// was priced.
    pub(crate) fn receipt_of(
        &self,
        tx: &Connection,
        sale: &SaleCompleted,
        rules: &Arc<Rules>,
        before: Option<&Buyer>,
        is_online: bool,
    ) -> Result<ReceiptView, Error> {
        let printed = Printed {
            before,
            is_sent: is_online,
            is_copy: false,
        };
        self.print(tx, sale, rules, &printed)
    }

    fn print(
        &self,
        connection: &Connection,
        sale: &SaleCompleted,
        rules: &Rules,
        printed: &Printed<'_>,
    ) -> Result<ReceiptView, Error> {
        let identity = self.enrolled()?;
        let language = self.language();
        let now = rules.moment(self.now_ms());
        let cashier = ledger::staff::all(connection)?
            .into_iter()
            .find(|person| person.id == sale.cashier_id)
            .map_or_else(String::new, |person| person.name);
        let buyer = match sale.customer_id {
            Some(id) => Some(Buyer::load(connection, rules, id, now)?),
            None => None,
        };
        let day = now.local_day();
        let standing = buyer
            .as_ref()
            .and_then(|buyer| standing_of(rules, &buyer.account, now));
        let progress = standing
            .as_ref()
            .and_then(|standing| progress(language, standing));
        let grace = standing
            .as_ref()
            .map_or_else(String::new, |standing| grace(language, standing));
        let risen = match (printed.before, &buyer) {
            (Some(before), Some(after)) => {
                tier_up::moment(language, rules, (&before.account, &after.account), now)
            }
            _ => None,
        };
        let badges = match (printed.before, &buyer) {
            (Some(before), Some(after)) => {
                let account = &after.account;
                let merit = Merit {
                    language,
                    rules,
                    account,
                    day,
                };
                merit.won_since(&before.account)
            }
            _ => Vec::new(),
        };
        let balance = buyer.as_ref().map(|buyer| buyer.account.available(day));
        let buyer_id = buyer.as_ref().map(|buyer| buyer.id);
        let name = buyer_id.map(|id| name_of(connection, language, id));
        let name = name.transpose()?.unwrap_or_default();
        let around = Surroundings {
            tenant_name: &identity.tenant_name,
            store_name: &identity.store_name,
            cashier_name: &cashier,
            customer: buyer.as_ref().map(|buyer| Customer {
                name: &name,
                tier: printed
                    .before
                    .and_then(|before| before.facts.tier.as_deref())
                    .map(|slug| rules.tier_name(slug)),
                before: printed.before.map(|before| before.account.available(day)),
                debt_paid: printed
                    .before
                    .map_or(0, |before| before.account.debt - buyer.account.debt),
                balance: balance.unwrap_or(0),
                debt: buyer.account.debt,
                next_to_expire: buyer.account.next_to_expire(day),
                tier_up: risen.as_ref().map(|up| up.tier.name.as_str()),
                badges: &badges,
                progress: progress.as_ref().map(|progress| progress.sentence.as_str()),
                grace: &grace,
            }),
            is_sent: printed.is_sent,
            is_copy: printed.is_copy,
        };
        Ok(ReceiptView {
            kind: ReceiptKind::Sale,
            sale_id: sale.sale_id.to_string(),
            receipt: sale.receipt.clone(),
            text: layout(language, rules, sale, &around),
            total: sale.total,
            change: sale.change,
            points_earned: sale.points.as_ref().map_or(0, |points| points.earned),
            points_spent: sale.redeemed().iter().map(|lot| lot.points).sum(),
            balance,
            tier_up: risen,
            badges,
            square: square(&sale.receipt),
            said: String::new(),
        })
    }
}

/// The rules that priced a sale: its version, or the current ones where that cannot be used any more.
pub(crate) fn rules_of(
    connection: &Connection,
    current: Arc<Rules>,
    version: u32,
) -> Result<Arc<Rules>, Error> {
    if current.document.version == version {
        return Ok(current);
    }
    let document = ledger::program::by_version(connection, version)?;
    let priced_it = document.and_then(|document| Rules::compile(document).ok());
    Ok(priced_it.map_or(current, Arc::new))
}

struct Printed<'a> {
    /// The customer before the sale; none for a copy.
    before: Option<&'a Buyer>,
    is_sent: bool,
    is_copy: bool,
}
