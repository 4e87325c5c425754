-- Uses of codes come back when a sale is undone, and a return may be ingested before its use: signed.
create table code_use_signed (
    tenant_id text not null,
    code text not null,
    total integer not null,
    discount integer not null,
    day text,
    on_day integer not null,
    primary key (tenant_id, code)
) strict;

insert into code_use_signed (tenant_id, code, total, discount, day, on_day)
select tenant_id, code, total, discount, day, on_day from code_use;

drop table code_use;

alter table code_use_signed rename to code_use;
