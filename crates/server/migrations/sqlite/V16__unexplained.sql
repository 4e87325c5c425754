-- why: a terminal that gives a right back says how much of it was spent; what no entry told of yet (one may be
-- held) stays granted until it has its effects.
alter table lease add column unexplained integer not null default 0
    check (unexplained between 0 and granted);

create index lease_unexplained on lease (tenant_id, terminal_id) where unexplained > 0;
