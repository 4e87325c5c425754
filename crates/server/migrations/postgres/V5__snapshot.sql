-- why: a terminal that holds nothing is given the latest row of every key instead of all that came before it;
-- what later rows replaced and no terminal reads any more is deleted.
drop index feed_stream;

create index feed_key on feed (tenant_id, kind, row_key, position);

-- Up to here only the latest row of every key is left.
alter table feed_head add column horizon bigint not null default 0 check (horizon >= 0);

-- The chain at ends of transactions whose last row was deleted: what terminals that stood there read.
create table feed_past (
    tenant_id text collate "C" not null,
    position bigint not null check (position >= 1),
    hash text not null,
    primary key (tenant_id, position)
);

-- How far the feed was at a moment, about once a day.
create table feed_mark (
    tenant_id text collate "C" not null,
    at_ms bigint not null,
    position bigint not null check (position >= 0),
    primary key (tenant_id, at_ms)
);
