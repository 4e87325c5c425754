-- Why: what only this till knows: who it is, its settings, parked baskets, missed PINs.
create table identity (
    only integer primary key check (only = 1),
    terminal_id blob not null check (length(terminal_id) = 16),
    terminal_name text not null,
    tenant text not null,
    tenant_name text not null,
    store text not null,
    store_name text not null,
    server_url text not null,
    server_public_key blob not null check (length(server_public_key) = 32),
    secret_key blob not null check (length(secret_key) = 32)
) strict;

create table setting (
    key text primary key check (key <> ''),
    value text not null
) strict, without rowid;

create table parked (
    id blob primary key check (length(id) = 16),
    parked_at_ms integer not null,
    cashier_id blob not null check (length(cashier_id) = 16),
    label text not null,
    body text not null
) strict, without rowid;

create table lockout (
    subject text primary key check (subject <> ''),
    misses integer not null check (misses >= 0),
    until_ms integer not null
) strict, without rowid;
