-- why: what is scarce is shared out to terminals that cannot see each other: what was granted counts as
-- used until it comes back, so that no limit is passed unless somebody names by how much.
create table resource (
    tenant_id text not null,
    kind text not null check (kind in ('code_uses', 'code_budget', 'customer')),
    resource_key text not null,
    used integer not null, -- below zero while a return arrived before its use
    leased integer not null check (leased >= 0), -- granted by open leases and not spent
    limit_units integer not null, -- of the program at the last grant or use
    exposure integer not null default 0 check (exposure >= 0),
    primary key (tenant_id, kind, resource_key),
    check (used + leased <= limit_units + exposure)
) strict;

create table lease (
    tenant_id text not null,
    lease_id text not null, -- made by the terminal, so that a repeated question is one lease
    terminal_id text not null,
    kind text not null,
    resource_key text not null,
    granted integer not null check (granted >= 1),
    used integer not null default 0 check (used between 0 and granted),
    state text not null default 'open' check (state in ('open', 'recalled', 'closed', 'written_off')),
    granted_ms integer not null,
    expires_ms integer not null, -- for people: time alone frees nothing
    primary key (tenant_id, lease_id),
    foreign key (tenant_id, terminal_id) references terminal (tenant_id, terminal_id),
    foreign key (tenant_id, kind, resource_key) references resource (tenant_id, kind, resource_key)
) strict;

create index lease_open_of_terminal on lease (tenant_id, terminal_id)
where state in ('open', 'recalled');

create index lease_open_of_resource on lease (tenant_id, kind, resource_key)
where state in ('open', 'recalled');

-- Every unit of exposure with its cause.
create table exposure (
    tenant_id text not null,
    kind text not null,
    resource_key text not null,
    cause text not null check (cause in ('written_off', 'over_limit', 'limit_lowered')),
    cause_key text not null, -- the lease, the entry (stream/position), or the limit
    units integer not null check (units >= 1),
    terminal_id text,
    primary key (tenant_id, kind, resource_key, cause, cause_key),
    foreign key (tenant_id, kind, resource_key) references resource (tenant_id, kind, resource_key)
) strict;

create index entry_adjusted on entry (tenant_id, received_ms) where disposition = 'adjusted';
