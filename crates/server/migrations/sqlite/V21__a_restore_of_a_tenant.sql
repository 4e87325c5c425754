-- why: whether a server was restored is found out tenant by tenant, by what the terminals of each hold, and
-- one tenant's terminals say nothing about another's feed.
alter table feed_head add column generation text; -- none: the server's own, nothing was lost since
alter table feed_head add column doubted_ms integer; -- when a terminal last said again what it was believed before
alter table feed_head add column doubted_by text; -- which terminal

create table feed_generation (
    tenant_id text not null,
    generation text not null,
    terminal_id text not null, -- whose word showed that the feed was restored
    begun_ms integer not null,
    primary key (tenant_id, generation),
    foreign key (tenant_id, terminal_id) references terminal (tenant_id, terminal_id)
) strict;

create index feed_generation_by_terminal on feed_generation (tenant_id, terminal_id, begun_ms);

-- A row stands only while its terminal is awaited.
delete from lease_freeze where exists (
    select 1 from stream s
    where s.tenant_id = lease_freeze.tenant_id and s.stream_id = lease_freeze.stream_id
      and s.seq >= lease_freeze.through_seq);
