-- why: the first schema: who may speak, what they said, what it came to, and the feed that tells everybody.
-- The tenant leads every key; there are no sequences and no triggers, so that the same statements run
-- on PostgreSQL, where only the column types below differ (blob is bytea, integer is bigint).

create table server_identity (
    id integer primary key check (id = 1), -- the one table without a tenant: who this server is
    generation text not null,
    secret_key blob not null check (length(secret_key) = 32)
) strict;

create table tenant (
    tenant_id text primary key,
    name text not null,
    created_ms integer not null
) strict;

create table store (
    tenant_id text not null references tenant (tenant_id),
    store_id text not null,
    name text not null,
    created_ms integer not null,
    primary key (tenant_id, store_id)
) strict;

create table terminal (
    tenant_id text not null,
    terminal_id text not null,
    store_id text not null,
    name text not null,
    public_key text not null check (length(public_key) = 64),
    active integer not null default 1 check (active in (0, 1)),
    enrolled_ms integer not null,
    last_seen_ms integer,
    stream_id text, -- the stream it writes now
    primary key (tenant_id, terminal_id),
    foreign key (tenant_id, store_id) references store (tenant_id, store_id)
) strict;

-- A request names its terminal only; ids are random, so this finds at most one.
create unique index terminal_by_id on terminal (terminal_id);

create table enrol_code (
    tenant_id text not null,
    code_hash text not null,
    store_id text not null,
    terminal_name text not null,
    expires_ms integer not null,
    used_ms integer,
    terminal_id text,
    primary key (tenant_id, code_hash),
    foreign key (tenant_id, store_id) references store (tenant_id, store_id)
) strict;

create unique index enrol_code_by_hash on enrol_code (code_hash);

create table stream (
    tenant_id text not null,
    stream_id text not null,
    terminal_id text not null,
    seq integer not null default 0 check (seq >= 0),
    hash text not null,
    opened_ms integer not null,
    primary key (tenant_id, stream_id),
    foreign key (tenant_id, terminal_id) references terminal (tenant_id, terminal_id)
) strict;

create table entry (
    tenant_id text not null,
    stream_id text not null,
    seq integer not null check (seq >= 1),
    hash text not null,
    entry_id text, -- none when the header cannot be read
    kind text,
    header text not null, -- the bytes as they came, never written again
    payload text not null,
    disposition text not null check (disposition in ('applied', 'adjusted', 'held')),
    reason text,
    received_ms integer not null,
    primary key (tenant_id, stream_id, seq),
    foreign key (tenant_id, stream_id) references stream (tenant_id, stream_id)
) strict;

-- Who had effects under this id: the first to come.
create table entry_claim (
    tenant_id text not null,
    entry_id text not null,
    stream_id text not null,
    seq integer not null,
    primary key (tenant_id, entry_id)
) strict;

create table customer (
    tenant_id text not null,
    customer_id text not null,
    name text not null,
    phone text,
    email text,
    birthday text,
    card text,
    marketing_consent integer not null check (marketing_consent in (0, 1)),
    hlc integer not null,
    primary key (tenant_id, customer_id)
) strict;

create table account (
    tenant_id text not null,
    customer_id text not null, -- the profile may come later, or be erased
    document text not null,
    primary key (tenant_id, customer_id)
) strict;

create table code_use (
    tenant_id text not null,
    code text not null,
    total integer not null check (total >= 0),
    discount integer not null check (discount >= 0),
    day text,
    on_day integer not null check (on_day >= 0),
    primary key (tenant_id, code)
) strict;

create table staff (
    tenant_id text not null,
    staff_id text not null,
    document text not null,
    primary key (tenant_id, staff_id)
) strict;

create table product (
    tenant_id text not null,
    product_id text not null,
    document text not null,
    primary key (tenant_id, product_id)
) strict;

create table program (
    tenant_id text not null,
    version integer not null check (version >= 1),
    document text not null,
    published_ms integer not null,
    primary key (tenant_id, version)
) strict;

-- Every change in the order of commits. `ends` is the position of the last row of the same
-- transaction: a page is cut there and nowhere else.
create table feed (
    tenant_id text not null,
    position integer not null check (position >= 1),
    ends integer not null,
    kind text not null,
    row_key text not null,
    body text not null,
    through integer, -- of a stream row: how far the stream is included
    primary key (tenant_id, position),
    check (ends >= position)
) strict;

create index feed_stream on feed (tenant_id, row_key, position) where kind = 'stream';

create table feed_head (
    tenant_id text primary key references tenant (tenant_id),
    position integer not null check (position >= 0)
) strict;
