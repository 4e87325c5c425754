-- Why: a till that reads the feed again from its beginning shows and uses nothing older than before, and a new generation of the server is one number and not an update of every row.
-- How often the feed was begun again.
alter table feed add column epoch integer not null default 0 check (epoch >= 0);

-- 1: it is being read again, and has not come to its end.
alter table feed add column again integer not null default 0 check (again in (0, 1));

-- The latest row of a key that the feed, while it is read again, shows otherwise than it stands here.
create table read_again (
    kind text not null,
    row_key text not null,
    document text not null,
    primary key (kind, row_key)
) strict, without rowid;

drop trigger stream_keeps_what_was_acknowledged;

create trigger stream_keeps_what_was_acknowledged before update of acknowledged, included on stream
when new.acknowledged < old.acknowledged
    or new.included < old.included and not exists (select 1 from feed where again = 1)
begin
    select raise(abort, 'what the server acknowledged never goes back');
end;

-- In which epoch the feed showed the row. Below the feed's: it has not, since.
alter table customer add column confirmed_epoch integer not null default 0;

alter table account add column confirmed_epoch integer not null default 0;

alter table code_use add column confirmed_epoch integer not null default 0;

alter table program add column confirmed_epoch integer not null default 0;

update customer set confirmed_epoch = -1 where unconfirmed = 1;

update account set confirmed_epoch = -1 where unconfirmed = 1;

update code_use set confirmed_epoch = -1 where unconfirmed = 1;

update program set confirmed_epoch = -1 where unconfirmed = 1;

drop index customer_unconfirmed;

drop index account_unconfirmed;

alter table customer drop column unconfirmed;

alter table account drop column unconfirmed;

alter table code_use drop column unconfirmed;

alter table program drop column unconfirmed;

create index customer_by_epoch on customer (confirmed_epoch) where to_push = 0;

create index account_by_epoch on account (confirmed_epoch);

create index code_use_by_epoch on code_use (confirmed_epoch);
