-- why: who brought whom is read by itself, without everything else that was sold.
create index entry_referral on entry (tenant_id, stream_id, seq) where kind = 'referral_registered';
