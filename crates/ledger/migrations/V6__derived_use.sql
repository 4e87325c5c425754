-- Why: experiments count the baskets on which each variant reached payment or was paid, without reading every entry.
create table derived_use (
    stream blob not null,
    seq integer not null,
    parent text not null,
    code text not null,
    basket_id blob not null check (length(basket_id) = 16),
    assigned integer not null check (assigned in (0, 1)),
    local_day text not null,
    paid_total integer, -- null: reached payment, not paid by this entry
    paid_discount integer,
    primary key (stream, seq, code),
    foreign key (stream, seq) references entry (stream, seq),
    check ((paid_total is null) = (paid_discount is null))
) strict, without rowid;

create index derived_use_by_parent on derived_use (parent, local_day);
