-- Why: the server's rows as of the feed position this till holds, apart from the till's own facts.
create table feed (
    only integer primary key check (only = 1),
    cursor integer not null check (cursor >= 0)
) strict;

insert into feed (only, cursor) values (1, 0);

create table customer (
    number integer primary key,
    id blob not null unique check (length(id) = 16),
    name text not null,
    phone text,
    email text,
    birthday text,
    card text,
    marketing_consent integer not null check (marketing_consent in (0, 1)),
    hlc integer not null check (hlc >= 0),
    to_push integer not null default 0 check (to_push in (0, 1)),
    words text not null,
    digits text not null
) strict;

create index customer_by_card on customer (card) where card is not null;
create index customer_by_email on customer (email collate nocase) where email is not null;
create index customer_to_push on customer (number) where to_push = 1;

create table account (
    customer_id blob primary key check (length(customer_id) = 16),
    document text not null
) strict, without rowid;

create table code_use (
    code text primary key check (code <> ''),
    document text not null
) strict, without rowid;

create table program (
    version integer primary key check (version >= 1),
    document text not null
) strict;

create table staff (
    id blob primary key check (length(id) = 16),
    name text not null,
    document text not null
) strict, without rowid;

create table product (
    number integer primary key,
    id text not null unique,
    sku text not null,
    barcode text,
    active integer not null check (active in (0, 1)),
    words text not null,
    document text not null
) strict;

create index product_by_sku on product (sku collate nocase);
create index product_by_barcode on product (barcode) where barcode is not null;
