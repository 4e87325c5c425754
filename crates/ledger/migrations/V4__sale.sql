-- Why: sales, shown balances and visits can be asked without reading every entry; all of it can be rebuilt.
create table sale (
    stream blob not null,
    seq integer not null,
    sale_id blob not null unique check (length(sale_id) = 16),
    receipt text not null unique,
    reference text,
    store text not null,
    cashier_id blob not null check (length(cashier_id) = 16),
    customer_id blob check (customer_id is null or length(customer_id) = 16),
    local_day text not null,
    local_time text not null,
    effective_ms integer not null,
    gross integer not null,
    discount integer not null,
    total integer not null,
    points integer not null,
    primary key (stream, seq),
    foreign key (stream, seq) references entry (stream, seq)
) strict, without rowid;

create unique index sale_by_reference on sale (reference) where reference is not null;
create index sale_by_day on sale (local_day, effective_ms);
create index sale_by_customer on sale (customer_id, stream, seq) where customer_id is not null;

create table sale_code (
    stream blob not null,
    seq integer not null,
    place integer not null check (place >= 0),
    code text not null,
    kind text not null,
    amount integer not null,
    consumed integer not null check (consumed in (0, 1)),
    primary key (stream, seq, place),
    foreign key (stream, seq) references sale (stream, seq) on delete cascade
) strict, without rowid;

create index sale_code_by_code on sale_code (code, stream, seq);

create table sale_refusal (
    stream blob not null,
    seq integer not null,
    place integer not null check (place >= 0),
    code text not null,
    refusal text not null,
    primary key (stream, seq, place),
    foreign key (stream, seq) references sale (stream, seq) on delete cascade
) strict, without rowid;

create table sale_tender (
    stream blob not null,
    seq integer not null,
    kind text not null,
    kept integer not null,
    primary key (stream, seq, kind),
    foreign key (stream, seq) references sale (stream, seq) on delete cascade
) strict, without rowid;

-- Only customers and codes with own entries that the server's row does not include yet.
create table account_shown (
    customer_id blob primary key check (length(customer_id) = 16),
    document text not null
) strict, without rowid;

create table code_use_shown (
    code text primary key check (code <> ''),
    document text not null
) strict, without rowid;

create table visit (
    customer_id blob primary key check (length(customer_id) = 16),
    last_ms integer not null
) strict, without rowid;

create index visit_by_time on visit (last_ms, customer_id);
