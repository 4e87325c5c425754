-- why: what a terminal spent of a lease that it gave back stays granted until an entry tells of it; what an owner
-- looks at has a code, a subject and an amount.
alter table lease add column unexplained bigint not null default 0;

alter table lease add check (unexplained between 0 and granted);

create index lease_unexplained on lease (tenant_id, terminal_id) where unexplained > 0;

alter table entry add column exceptions text; -- a list as JSON; none: nothing to look at

create index entry_exception on entry (tenant_id, received_ms, stream_id, seq)
where exceptions is not null;
