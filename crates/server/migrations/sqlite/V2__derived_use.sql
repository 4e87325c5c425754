-- why: experiments count the baskets on which each variant reached payment or was paid, over all stores.
create table derived_use (
    tenant_id text not null,
    stream_id text not null,
    seq integer not null,
    parent text not null,
    code text not null,
    basket_id text not null,
    assigned integer not null check (assigned in (0, 1)),
    local_day text not null,
    paid_total integer, -- null: reached payment, not paid by this entry
    paid_discount integer,
    primary key (tenant_id, stream_id, seq, code)
) strict;

create index derived_use_by_parent on derived_use (tenant_id, parent, local_day);
