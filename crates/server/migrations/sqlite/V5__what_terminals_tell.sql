-- why: the owner sees which terminal needs attention: what each said of itself in its last hello, and
-- what the server thought of it. Held entries are looked for by tenant.

alter table terminal add column told_protocol integer;
alter table terminal add column told_version text;
alter table terminal add column told_seq integer;
alter table terminal add column told_waiting integer; -- none from a till that does not say
alter table terminal add column told_skew_ms integer; -- server time less its wall clock
alter table terminal add column told_ms integer;
alter table terminal add column verdict text
    check (verdict in ('ok', 'rewound', 'fork', 'upgrade'));

create index entry_held on entry (tenant_id, stream_id, seq) where disposition = 'held';
