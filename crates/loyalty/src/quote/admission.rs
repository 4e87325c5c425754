//! Which of the scanned codes join, in the order they were scanned.

use crate::code::CodeText;
use crate::program::Resolved;
use crate::refusal::Refusal;

use super::count::Counts;
use super::eligibility::{refusal_by_basket, refusal_by_person_and_time};
use super::ground::Ground;
use super::work::Job;
use super::{RefusedCode, Request};

/// A discounting code that is eligible on its own.
#[derive(Debug)]
pub(super) struct Candidate<'a> {
    pub(super) job: Job<'a>,
    /// Whether it joined, or another code kept it out.
    pub(super) is_accepted: bool,
}

/// What became of the scanned codes.
#[derive(Debug, Default)]
pub(super) struct Admission<'a> {
    /// In scan order, each once.
    pub(super) candidates: Vec<Candidate<'a>>,
    /// Accepted codes that take no money off, in scan order.
    pub(super) others: Vec<Resolved<'a>>,
    /// In scan order.
    pub(super) refused: Vec<RefusedCode>,
    /// Refused ones that would join once their minimum is met.
    pub(super) near: Vec<CodeText>,
    /// Refused ones that something more in the basket would not let in: why not.
    pub(super) blocked: Vec<RefusedCode>,
}

impl<'a> Admission<'a> {
    /// Lets every scanned code in that may meet those before it. One refusal is given for each scan
    /// that did not join; a code that was refused and is scanned again is judged again.
    pub(super) fn new(request: &Request<'a>, ground: &Ground<'_>) -> Self {
        let mut admission = Self::default();
        for text in request.scanned {
            if let Err(refusal) = admission.admit(request, ground, text) {
                let text = text.clone();
                admission.refused.push(RefusedCode { text, refusal });
            }
        }
        admission
    }

    fn admit(
        &mut self,
        request: &Request<'a>,
        ground: &Ground<'_>,
        text: &'a CodeText,
    ) -> Result<(), Refusal> {
        let subject = request
            .customer
            .map_or(request.sale, |customer| customer.id);
        let mut own = request.own_codes.iter();
        let own = own.find(|code| code.text == *text);
        let known = own
            .map(|code| Resolved::itself(text, code))
            .or_else(|| request.program.resolve(text, subject));
        let resolved = known.ok_or_else(|| request.program.refusal_of_unknown(text))?;
        if let Some(refusal) = refusal_by_person_and_time(request, &resolved) {
            return Err(refusal);
        }
        let family = resolved.family();
        let is_applied = self.accepted().any(|accepted| accepted.family() == family);
        let refusal_of_family = is_applied.then_some(Refusal::AlreadyApplied);
        let counts = Counts::of(&resolved, request.usage);
        let reach = ground.reach(resolved.code);
        let refusal = refusal_by_basket(ground, resolved.code, &reach);
        if refusal_of_family.is_none() && counts.refusal().is_none() {
            let stacking = self.refusal_by_stacking(&resolved, request.program.max_codes);
            self.note_remedy(text, refusal.as_ref(), stacking);
        }
        if let Some(refusal) = refusal.or_else(|| counts.refusal()) {
            return Err(refusal_of_family.unwrap_or(refusal));
        }
        // A second one of a family may still be the better one: it competes for the best set.
        let refusal = refusal_of_family
            .or_else(|| self.refusal_by_stacking(&resolved, request.program.max_codes));
        match Job::new(resolved, ground, reach, counts.budget_left()) {
            Some(job) => self.add_candidate(job, refusal.is_none()),
            None if refusal.is_none() => self.others.push(resolved),
            None => {}
        }
        refusal.map_or(Ok(()), Err)
    }

    /// Whether more in the basket would let a code in that the basket keeps out: what would not help is
    /// not to be bought.
    fn note_remedy(
        &mut self,
        text: &CodeText,
        refusal: Option<&Refusal>,
        stacking: Option<Refusal>,
    ) {
        match (refusal, stacking) {
            (Some(Refusal::MinimumNotMet { .. }), None) => self.near.push(text.clone()),
            (Some(Refusal::MinimumNotMet { .. } | Refusal::NoEligibleLine), Some(refusal)) => {
                let text = text.clone();
                self.blocked.push(RefusedCode { text, refusal });
            }
            _ => {}
        }
    }

    /// `stack_limit` and `not_stackable`: tracking and points codes meet anything, several discounting
    /// codes meet only if all are stackable.
    fn refusal_by_stacking(&self, resolved: &Resolved<'_>, max: usize) -> Option<Refusal> {
        if self.accepted().count() >= max {
            return Some(Refusal::StackLimit { max });
        }
        if !resolved.code.benefit.discounts() {
            return None;
        }
        self.accepted()
            .filter(|accepted| accepted.code.benefit.discounts())
            .find(|accepted| !(resolved.code.stackable && accepted.code.stackable))
            .map(|accepted| Refusal::NotStackable {
                with: accepted.scanned.clone(),
            })
    }

    /// The accepted codes: discounting ones in scan order, then the others in scan order.
    fn accepted(&self) -> impl Iterator<Item = Resolved<'a>> {
        let discounting = self
            .candidates
            .iter()
            .filter(|candidate| candidate.is_accepted);
        discounting
            .map(|candidate| candidate.job.resolved)
            .chain(self.others.iter().copied())
    }

    /// A text that was refused and is scanned again is one candidate.
    fn add_candidate(&mut self, job: Job<'a>, is_accepted: bool) {
        let is_known = self
            .candidates
            .iter()
            .any(|candidate| candidate.job.resolved.scanned == job.resolved.scanned);
        if !is_known {
            self.candidates.push(Candidate { job, is_accepted });
        }
    }
}
