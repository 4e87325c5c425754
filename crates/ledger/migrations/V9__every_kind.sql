-- Why: every kind of entry changes what is shown, and what concerns one customer, code or sale is found without reading the rest.
create table customer_entry (
    stream blob not null,
    seq integer not null,
    customer_id blob not null check (length(customer_id) = 16),
    primary key (stream, seq, customer_id),
    foreign key (stream, seq) references entry (stream, seq)
) strict, without rowid;

create index customer_entry_by_customer on customer_entry (customer_id, stream, seq);

create table code_entry (
    stream blob not null,
    seq integer not null,
    place integer not null check (place >= 0),
    code text not null,
    local_day text not null,
    discount integer not null,
    given_back integer not null check (given_back in (0, 1)),
    primary key (stream, seq, place),
    foreign key (stream, seq) references entry (stream, seq)
) strict, without rowid;

create index code_entry_by_code on code_entry (code, stream, seq);

-- These found what code_entry finds now.
drop index sale_code_by_code;
drop index sale_code_by_parent;

create table undoing (
    stream blob not null,
    seq integer not null,
    undo_id blob not null unique check (length(undo_id) = 16),
    sale_id blob not null check (length(sale_id) = 16), -- of this till or another
    receipt text not null unique,
    extent integer not null check (extent between 1 and 3), -- 1: a part, 2: the last of it, 3: voided
    cashier_id blob not null check (length(cashier_id) = 16),
    customer_id blob check (customer_id is null or length(customer_id) = 16),
    local_day text not null,
    local_time text not null,
    money integer not null,
    points_taken_back integer not null,
    points_given_back integer not null,
    primary key (stream, seq),
    foreign key (stream, seq) references entry (stream, seq)
) strict, without rowid;

create index undoing_by_sale on undoing (sale_id, stream, seq);
create index undoing_by_day on undoing (local_day);

create table undoing_tender (
    stream blob not null,
    seq integer not null,
    kind text not null,
    given integer not null,
    primary key (stream, seq, kind),
    foreign key (stream, seq) references undoing (stream, seq) on delete cascade
) strict, without rowid;

-- The basket of a voided sale can be sold again.
drop index sale_by_reference;
create index sale_by_reference on sale (reference) where reference is not null;

create table reward_use (
    stream blob not null,
    seq integer not null,
    place integer not null check (place >= 0),
    redemption_id blob check (redemption_id is null or length(redemption_id) = 16), -- null: on a sale
    reward text not null,
    uses integer not null check (uses in (-1, 1)),
    primary key (stream, seq, place),
    foreign key (stream, seq) references entry (stream, seq)
) strict, without rowid;

create index reward_use_by_reward on reward_use (reward);
create unique index reward_use_by_redemption on reward_use (redemption_id, uses)
where redemption_id is not null;

create table referral_code (
    stream blob not null,
    seq integer not null,
    code text not null check (code <> ''),
    customer_id blob not null check (length(customer_id) = 16),
    primary key (stream, seq),
    foreign key (stream, seq) references entry (stream, seq)
) strict, without rowid;

create index referral_code_by_code on referral_code (code);

-- Which record took an account over stands in its document; here it can be asked the other way round.
alter table account add column merged_into blob;

update account
set merged_into = unhex(replace(json_extract(document, '$.merged_into'), '-', ''))
where json_extract(document, '$.merged_into') is not null;

create index account_by_holder on account (merged_into) where merged_into is not null;

insert or ignore into rebuild_due (only)
select 1
where exists (select 1 from entry);
