-- why: the first schema on PostgreSQL: the tables and columns of migrations/sqlite up to V12, which a test
-- compares. bytea where bytes must come back as they were sent, bigint for numbers, and names compared by
-- their bytes as SQLite does. The tenant leads every key, so that a cluster can be distributed by it; there
-- are no sequences, triggers or notifications.

create table server_identity (
    id bigint primary key check (id = 1), -- the one table without a tenant: who this server is
    generation text not null,
    secret_key bytea not null check (length(secret_key) = 32)
);

create table tenant (
    tenant_id text collate "C" primary key,
    name text not null,
    created_ms bigint not null
);

create table store (
    tenant_id text collate "C" not null references tenant (tenant_id),
    store_id text collate "C" not null,
    name text not null,
    created_ms bigint not null,
    primary key (tenant_id, store_id)
);

create table terminal (
    tenant_id text collate "C" not null,
    terminal_id text collate "C" not null,
    store_id text collate "C" not null,
    name text collate "C" not null,
    public_key text not null check (length(public_key) = 64),
    active bigint not null default 1 check (active in (0, 1)),
    enrolled_ms bigint not null,
    last_seen_ms bigint,
    stream_id text collate "C", -- the stream it writes now
    told_protocol bigint,
    told_version text,
    told_seq bigint,
    told_waiting bigint,
    told_skew_ms bigint,
    told_ms bigint,
    verdict text check (verdict in ('ok', 'rewound', 'fork', 'upgrade')),
    is_server bigint not null default 0 check (is_server in (0, 1)),
    primary key (tenant_id, terminal_id),
    foreign key (tenant_id, store_id) references store (tenant_id, store_id)
);

-- A request names its terminal only; ids are random, so this finds at most one.
create index terminal_by_id on terminal (terminal_id);

create table enrol_code (
    tenant_id text collate "C" not null,
    code_hash text collate "C" not null,
    store_id text collate "C" not null,
    terminal_name text not null,
    expires_ms bigint not null,
    used_ms bigint,
    terminal_id text collate "C",
    primary key (tenant_id, code_hash),
    foreign key (tenant_id, store_id) references store (tenant_id, store_id)
);

create index enrol_code_by_hash on enrol_code (code_hash);

create table stream (
    tenant_id text collate "C" not null,
    stream_id text collate "C" not null,
    terminal_id text collate "C" not null,
    seq bigint not null default 0 check (seq >= 0),
    hash text not null,
    opened_ms bigint not null,
    primary key (tenant_id, stream_id),
    foreign key (tenant_id, terminal_id) references terminal (tenant_id, terminal_id)
);

create table entry (
    tenant_id text collate "C" not null,
    stream_id text collate "C" not null,
    seq bigint not null check (seq >= 1),
    hash text not null,
    entry_id text collate "C", -- none when the header cannot be read
    kind text,
    header bytea not null, -- the bytes as they came, never written again
    payload bytea not null,
    disposition text not null check (disposition in ('applied', 'adjusted', 'held')),
    reason text,
    received_ms bigint not null,
    primary key (tenant_id, stream_id, seq),
    foreign key (tenant_id, stream_id) references stream (tenant_id, stream_id)
);

create index entry_held on entry (tenant_id, stream_id, seq) where disposition = 'held';

create index entry_adjusted on entry (tenant_id, received_ms) where disposition = 'adjusted';

create index entry_referral on entry (tenant_id, stream_id, seq) where kind = 'referral_registered';

-- Who had effects under this id: the first to come.
create table entry_claim (
    tenant_id text collate "C" not null,
    entry_id text collate "C" not null,
    stream_id text collate "C" not null,
    seq bigint not null,
    primary key (tenant_id, entry_id)
);

create table customer (
    tenant_id text collate "C" not null,
    customer_id text collate "C" not null,
    name text not null,
    phone text,
    email text,
    birthday text,
    card text,
    marketing_consent bigint not null check (marketing_consent in (0, 1)),
    hlc bigint not null,
    document text,
    referral_code text collate "C",
    consent text,
    primary key (tenant_id, customer_id)
);

create unique index customer_by_referral_code on customer (tenant_id, referral_code)
where referral_code is not null;

create table customer_entry (
    tenant_id text collate "C" not null,
    customer_id text collate "C" not null,
    effective_ms bigint not null,
    stream_id text collate "C" not null,
    seq bigint not null,
    primary key (tenant_id, customer_id, effective_ms, stream_id, seq),
    foreign key (tenant_id, stream_id, seq) references entry (tenant_id, stream_id, seq)
);

create table account (
    tenant_id text collate "C" not null,
    customer_id text collate "C" not null, -- the profile may come later, or be erased
    document text not null,
    due_on text collate "C", -- the first local day on which something may follow from it by itself
    primary key (tenant_id, customer_id)
);

create index account_due on account (tenant_id, due_on, customer_id) where due_on is not null;

create table code_use (
    tenant_id text collate "C" not null,
    code text collate "C" not null,
    total bigint not null,
    discount bigint not null,
    day text,
    on_day bigint not null,
    primary key (tenant_id, code)
);

create table reward_use (
    tenant_id text collate "C" not null,
    reward text collate "C" not null,
    total bigint not null,
    primary key (tenant_id, reward)
);

create table derived_use (
    tenant_id text collate "C" not null,
    stream_id text collate "C" not null,
    seq bigint not null,
    parent text collate "C" not null,
    code text collate "C" not null,
    basket_id text collate "C" not null,
    assigned bigint not null check (assigned in (0, 1)),
    local_day text collate "C" not null,
    paid_total bigint, -- null: reached payment, not paid by this entry
    paid_discount bigint,
    primary key (tenant_id, stream_id, seq, code)
);

create index derived_use_by_parent on derived_use (tenant_id, parent, local_day);

create table sale_entry (
    tenant_id text collate "C" not null,
    sale_id text collate "C" not null,
    effective_ms bigint not null,
    stream_id text collate "C" not null,
    seq bigint not null,
    kind text not null,
    receipt text collate "C",
    primary key (tenant_id, sale_id, effective_ms, stream_id, seq),
    foreign key (tenant_id, stream_id, seq) references entry (tenant_id, stream_id, seq)
);

create index sale_entry_by_receipt on sale_entry (tenant_id, receipt) where receipt is not null;

-- What a sale came to: whose it is, whether anything is left of it, and what a referral had of it.
create table sale_outcome (
    tenant_id text collate "C" not null,
    sale_id text collate "C" not null,
    customer_id text collate "C", -- who has the account now: a merge moves it
    effective_ms bigint not null,
    total bigint not null,
    stream_id text collate "C" not null,
    seq bigint not null,
    undone_ms bigint, -- when nothing was left of it
    bonus text check (bonus in ('given', 'taken_back')),
    store_id text collate "C",
    local_day text collate "C",
    points bigint not null default 0,
    primary key (tenant_id, sale_id)
);

create index sale_outcome_by_customer on sale_outcome (tenant_id, customer_id, effective_ms)
where customer_id is not null;

create index sale_outcome_by_day on sale_outcome (tenant_id, local_day);

create table staff (
    tenant_id text collate "C" not null,
    staff_id text collate "C" not null,
    document text not null,
    primary key (tenant_id, staff_id)
);

create table product (
    tenant_id text collate "C" not null,
    product_id text collate "C" not null,
    document text not null,
    primary key (tenant_id, product_id)
);

create table program (
    tenant_id text collate "C" not null,
    version bigint not null check (version >= 1),
    document text not null,
    published_ms bigint not null,
    primary key (tenant_id, version)
);

-- What is scarce: used and leased never exceed the limit and the exposure that somebody named.
create table resource (
    tenant_id text collate "C" not null,
    kind text collate "C" not null check (kind in ('code_uses', 'code_budget', 'customer')),
    resource_key text collate "C" not null,
    used bigint not null, -- below zero while a return arrived before its use
    leased bigint not null check (leased >= 0), -- granted by open leases and not spent
    limit_units bigint not null, -- of the program at the last grant or use
    exposure bigint not null default 0 check (exposure >= 0),
    primary key (tenant_id, kind, resource_key),
    check (used + leased <= limit_units + exposure)
);

create table lease (
    tenant_id text collate "C" not null,
    lease_id text collate "C" not null, -- made by the terminal, so that a repeated question is one lease
    terminal_id text collate "C" not null,
    kind text collate "C" not null,
    resource_key text collate "C" not null,
    granted bigint not null check (granted >= 1),
    used bigint not null default 0 check (used between 0 and granted),
    state text not null default 'open'
        check (state in ('open', 'recalled', 'closed', 'written_off')),
    granted_ms bigint not null,
    expires_ms bigint not null, -- for people: time alone frees nothing
    primary key (tenant_id, lease_id),
    foreign key (tenant_id, terminal_id) references terminal (tenant_id, terminal_id),
    foreign key (tenant_id, kind, resource_key)
        references resource (tenant_id, kind, resource_key)
);

create index lease_open_of_terminal on lease (tenant_id, terminal_id)
where state in ('open', 'recalled');

create index lease_open_of_resource on lease (tenant_id, kind, resource_key)
where state in ('open', 'recalled');

-- Every unit of exposure with its cause.
create table exposure (
    tenant_id text collate "C" not null,
    kind text collate "C" not null,
    resource_key text collate "C" not null,
    cause text collate "C" not null check (cause in ('written_off', 'over_limit', 'limit_lowered')),
    cause_key text collate "C" not null, -- the lease, the entry (stream/position), or the limit
    units bigint not null check (units >= 1),
    terminal_id text collate "C",
    primary key (tenant_id, kind, resource_key, cause, cause_key),
    foreign key (tenant_id, kind, resource_key)
        references resource (tenant_id, kind, resource_key)
);

-- Terminals whose word is awaited since the server was restored: until then nothing scarce is granted.
create table lease_freeze (
    tenant_id text collate "C" not null,
    terminal_id text collate "C" not null,
    stream_id text collate "C", -- the stream that the terminal spoke of since, none: it was not heard
    through_seq bigint check (through_seq >= 0), -- how far that stream goes
    primary key (tenant_id, terminal_id),
    foreign key (tenant_id, terminal_id) references terminal (tenant_id, terminal_id),
    check ((stream_id is null) = (through_seq is null))
);

-- Every change in the order of commits. `ends` is the position of the last row of the same
-- transaction: a page is cut there and nowhere else.
create table feed (
    tenant_id text collate "C" not null,
    position bigint not null check (position >= 1),
    ends bigint not null,
    kind text not null,
    row_key text collate "C" not null,
    body text not null,
    through bigint, -- of a stream row: how far the stream is included
    primary key (tenant_id, position),
    check (ends >= position)
);

create index feed_stream on feed (tenant_id, row_key, position) where kind = 'stream';

-- The end of the feed. Who writes a tenant's data holds this row from beginning to commit.
create table feed_head (
    tenant_id text collate "C" primary key references tenant (tenant_id),
    position bigint not null check (position >= 0)
);
