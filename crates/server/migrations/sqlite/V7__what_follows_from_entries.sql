-- why: the server writes what follows from entries (expiry, tier moves, bonuses) into a stream of its own,
-- and finds what is due by day, and the sale that a referral had its bonus of.

-- The server writes as a terminal of each tenant that nobody can enrol and no list shows.
alter table terminal add column is_server integer not null default 0 check (is_server in (0, 1));

-- The first local day on which something may follow from the account by itself; none: nothing will.
alter table account add column due_on text;

create index account_due on account (tenant_id, due_on, customer_id) where due_on is not null;

-- What there is already is looked at once, on the day of the update.
update account set due_on = date('now');

-- What a sale came to: whose it is, whether anything is left of it, and what a referral had of it.
create table sale_outcome (
    tenant_id text not null,
    sale_id text not null,
    customer_id text, -- who has the account now: a merge moves it
    effective_ms integer not null,
    total integer not null,
    stream_id text not null,
    seq integer not null,
    undone_ms integer, -- when nothing was left of it
    bonus text check (bonus in ('given', 'taken_back')),
    primary key (tenant_id, sale_id)
) strict;

create index sale_outcome_by_customer on sale_outcome (tenant_id, customer_id, effective_ms)
where customer_id is not null;

insert into sale_outcome (tenant_id, sale_id, customer_id, effective_ms, total, stream_id, seq)
select s.tenant_id, s.sale_id, lower(json_extract(e.payload, '$.customer_id')), s.effective_ms,
       json_extract(e.payload, '$.total'), s.stream_id, s.seq
from sale_entry s
join entry e on e.tenant_id = s.tenant_id and e.stream_id = s.stream_id and e.seq = s.seq
where s.kind = 'sale_completed' and e.disposition <> 'held'
on conflict (tenant_id, sale_id) do nothing;

update sale_outcome set undone_ms = (
    select min(s.effective_ms)
    from sale_entry s
    join entry e on e.tenant_id = s.tenant_id and e.stream_id = s.stream_id and e.seq = s.seq
    where s.tenant_id = sale_outcome.tenant_id and s.sale_id = sale_outcome.sale_id
          and s.kind <> 'sale_completed' and e.disposition <> 'held'
          and (s.kind = 'sale_voided' or json_extract(e.payload, '$.is_full'))
);
