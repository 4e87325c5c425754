-- Why: a person who asked to be forgotten does not come back with an old row of the server, or of a server restored from a copy of before.
create table erased_customer (
    id blob primary key check (length(id) = 16),
    hlc integer not null,
    -- 1: the server does not seem to know it any more, and is told.
    to_push integer not null default 0 check (to_push in (0, 1)),
    -- 1: the server said it or was told, and the feed has not shown it since.
    unconfirmed integer not null default 0 check (unconfirmed in (0, 1))
) strict, without rowid;
