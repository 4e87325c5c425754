-- Why: a till that holds no rows, or that was away for too long, takes the server's rows at one position in parts, over minutes and restarts, while it sells.
create table bootstrap (
    only integer primary key check (only = 1),
    position integer not null check (position >= 0),
    hash text not null,
    -- Where the next part begins. Null: with the first row.
    place text,
    customers integer not null check (customers >= 0),
    customers_total integer not null check (customers_total >= 0),
    accounts integer not null check (accounts >= 0),
    accounts_total integer not null check (accounts_total >= 0)
) strict;

-- Rows that own entries concern: they are taken over together with how far those are included.
create table bootstrap_row (
    number integer primary key,
    document text not null
) strict;
