-- Why: whether any entry is held is asked with every price.
create index disposition_held on disposition (stream, seq) where disposition = 'held';
