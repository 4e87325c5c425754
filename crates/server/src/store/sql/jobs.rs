//! What follows from accounts, in one transaction. Lock order as at ingest: the head of the server's own
//! stream, customers, feed head.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use loyalty::due::next_day;
use mostrador_loyalty as loyalty;
use mostrador_protocol::entry::{Payload, SaleCompleted};
use mostrador_protocol::row::Row;
use uuid::Uuid;

use super::own_stream::Pen;
use super::program::RulesCache;
use super::sale_outcome::Place;
use super::session::Transaction;
use super::{Answer, catalogue, customer, feed, ingest, referral, sale_outcome, stream};
use crate::ingest::fold::Workspace;
use crate::jobs::following::{
    Following, Holder, Sides, badges, bonus, expiries, taken_back, tier_move,
};
use crate::jobs::{Look, Looked, Scope};

pub(super) fn look(tx: &dyn Transaction, cache: &RulesCache, look: &Look) -> Answer<Looked> {
    let rules = cache.of(tx, &look.tenant)?;
    let Some(program) = rules.program() else {
        return Ok(Looked::default());
    };
    let today = rules.day_of(look.now_ms);
    let due = due(tx, look, today)?;
    if due.is_empty() {
        return Ok(Looked::default());
    }
    let Some(pen) = Pen::at_head(tx, (look, program.version))? else {
        return Ok(Looked::default());
    };
    let mut desk = Desk {
        tx,
        tenant: &look.tenant,
        pen,
        workspace: Workspace::new(rules, today),
        next: BTreeMap::new(),
        looked: Looked {
            accounts: due.len() as u64,
            last: due.last().copied(),
            written: Vec::new(),
        },
    };
    let customers = due.iter().map(|(_, customer)| *customer);
    ingest::load_accounts(tx, &look.tenant, (customers, &mut desk.workspace))?;
    for (day, customer) in due {
        desk.look_at(customer, day)?;
    }
    desk.put()
}

fn due(tx: &dyn Transaction, look: &Look, today: NaiveDate) -> Answer<Vec<(NaiveDate, Uuid)>> {
    let tenant = look.tenant.as_str();
    let customers = match &look.scope {
        Scope::Due { after, limit } => return customer::due(tx, (tenant, today), *after, *limit),
        Scope::Of(customers) => customers,
    };
    let customers: Vec<Uuid> = customers.iter().copied().collect();
    let days = customer::days_due(tx, tenant, &customers)?;
    let due = days.into_iter().zip(customers);
    let due = due.filter_map(|(day, id)| Some((day.filter(|day| *day <= today)?, id)));
    Ok(due.collect())
}

struct Desk<'a> {
    tx: &'a dyn Transaction,
    tenant: &'a str,
    pen: Pen,
    workspace: Workspace,
    /// When the accounts that were looked at are due again.
    next: BTreeMap<Uuid, Option<NaiveDate>>,
    looked: Looked,
}

impl Desk<'_> {
    /// Writes what follows on the day on which the account is due and on every later one until today.
    fn look_at(&mut self, customer: Uuid, due_on: NaiveDate) -> Answer<()> {
        ingest::load_account(self.tx, self.tenant, (customer, &mut self.workspace))?;
        self.look_at_referral(customer)?;
        let today = self.workspace.today;
        let mut due = Some(due_on);
        while let Some(day) = due.filter(|day| *day <= today) {
            self.look_at_day(customer, day)?;
            let program = self.workspace.rules.program();
            let account = self.workspace.accounts.get(customer);
            due = program
                .zip(account)
                .zip(day.succ_opt())
                .and_then(|((program, account), from)| next_day(program, account, from));
        }
        self.next.insert(customer, due);
        Ok(())
    }

    fn look_at_day(&mut self, customer: Uuid, day: NaiveDate) -> Answer<()> {
        let workspace = &self.workspace;
        let Some(account) = workspace.accounts.get(customer) else {
            return Ok(());
        };
        let expired = expiries(&workspace.rules, Holder { customer, account }, day);
        for following in expired {
            self.write(&following)?;
        }
        let workspace = &self.workspace;
        let tiers = workspace.rules.program().and_then(|it| it.tiers.as_ref());
        let account = workspace.accounts.get(customer);
        let moved = tiers.zip(account).and_then(|(tiers, account)| {
            let holder = Holder { customer, account };
            tier_move(&workspace.rules, tiers, (holder, day))
        });
        if let Some(moved) = moved {
            self.write(&moved)?;
        }
        let workspace = &self.workspace;
        let account = workspace.accounts.get(customer);
        let earned = workspace.rules.program().zip(account);
        let earned = earned.map_or_else(Vec::new, |(program, account)| {
            let holder = Holder { customer, account };
            badges(&workspace.rules, program, (holder, day))
        });
        for badge in earned {
            self.write(&badge)?;
        }
        Ok(())
    }

    /// Takes bonuses back whose sale was undone, then gives the one that is due.
    fn look_at_referral(&mut self, customer: Uuid) -> Answer<()> {
        let Some(account) = self.workspace.accounts.get(customer) else {
            return Ok(());
        };
        if account.referral.referred_by.is_none() {
            return Ok(());
        }
        for (sale, undone_ms) in sale_outcome::undone_with_bonus(self.tx, (self.tenant, customer))?
        {
            if let Some(given) = referral::given(self.tx, self.tenant, sale)? {
                let following = taken_back(&self.workspace.rules, &given, undone_ms);
                self.write(&following)?;
            }
        }
        let due = self.bonus_due(customer)?;
        due.map_or(Ok(()), |due| self.write(&due))
    }

    fn bonus_due(&self, customer: Uuid) -> Answer<Option<Following>> {
        let workspace = &self.workspace;
        let account = workspace.accounts.get(customer);
        let program = workspace.rules.program();
        let Some((program, account)) = program.zip(account) else {
            return Ok(None);
        };
        let (rules, referrer) = (program.referral.as_ref(), account.referral.referred_by);
        let Some((rules, referrer)) = rules.zip(referrer) else {
            return Ok(None);
        };
        let whose = (self.tenant, customer);
        if account.referral.is_bonus_given()
            || sale_outcome::had_bought(self.tx, whose, referrer.at_ms)?
        {
            return Ok(None);
        }
        let least = rules.min_purchase.minor().max(1);
        let Some((place, sold_ms)) =
            sale_outcome::first_paid(self.tx, whose, (referrer.at_ms, least))?
        else {
            return Ok(None);
        };
        let Some(sold) = self.sale_at(place)? else {
            return Ok(None);
        };
        let by = self.holder_of(referrer.customer)?;
        let profile = customer::profile(self.tx, self.tenant, customer)?;
        let referrer_profile = customer::profile(self.tx, self.tenant, by)?;
        let staff = catalogue::staff(self.tx, self.tenant)?;
        let sides = Sides {
            customer,
            profile: profile.as_ref(),
            referrer: by,
            referrer_profile: referrer_profile.as_ref(),
            staff: &staff,
        };
        Ok(bonus(program, (&sides, account), (&sold, sold_ms)))
    }

    /// Who has the account of this customer now.
    fn holder_of(&self, customer: Uuid) -> Answer<Uuid> {
        let mut chain = Workspace::new(self.workspace.rules.clone(), self.workspace.today);
        ingest::load_account(self.tx, self.tenant, (customer, &mut chain))?;
        Ok(chain.accounts.holder(customer))
    }

    fn sale_at(&self, place: Place) -> Answer<Option<SaleCompleted>> {
        Ok(
            match stream::payload_at(self.tx, (self.tenant, place.stream), place.seq)? {
                Some(Payload::SaleCompleted(sale)) => Some(*sale),
                _ => None,
            },
        )
    }

    fn write(&mut self, following: &Following) -> Answer<()> {
        let written = self.pen.write(self.tx, (following, &mut self.workspace))?;
        if let Some(written) = &written {
            for customer in &written.customers {
                self.next.remove(customer);
            }
        }
        self.looked.written.extend(written);
        Ok(())
    }

    fn put(self) -> Answer<Looked> {
        let rows = self.workspace.rows();
        let mut unchanged = self.next.clone();
        for row in &rows {
            if let Row::Account {
                customer_id,
                account,
            } = row
            {
                unchanged.remove(customer_id);
                let due_on = self.next.get(customer_id).copied();
                let due_on = due_on.unwrap_or_else(|| self.workspace.due_on(*customer_id));
                customer::put_account(self.tx, self.tenant, (*customer_id, account, due_on))?;
            }
        }
        for (customer, due_on) in unchanged {
            customer::set_due(self.tx, self.tenant, (customer, due_on))?;
        }
        feed::append(self.tx, self.tenant, &rows)?;
        Ok(self.looked)
    }
}
