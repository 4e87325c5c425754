-- Why: a sale is found by its id or its number, together with the entries that undid it.
create table sale_entry (
    tenant_id text not null,
    sale_id text not null,
    effective_ms integer not null,
    stream_id text not null,
    seq integer not null,
    kind text not null,
    receipt text,
    primary key (tenant_id, sale_id, effective_ms, stream_id, seq),
    foreign key (tenant_id, stream_id, seq) references entry (tenant_id, stream_id, seq)
) strict, without rowid;

create index sale_entry_by_receipt on sale_entry (tenant_id, receipt)
where receipt is not null;

insert into sale_entry (tenant_id, sale_id, effective_ms, stream_id, seq, kind, receipt)
select tenant_id, lower(json_extract(payload, '$.sale_id')),
       json_extract(header, '$.effective_ms'), stream_id, seq, kind,
       json_extract(payload, '$.receipt')
from entry
where kind in ('sale_completed', 'sale_refunded', 'sale_voided')
  and case when json_valid(header) and json_valid(payload)
           then json_type(payload, '$.sale_id') = 'text'
                and json_type(header, '$.effective_ms') = 'integer'
                and coalesce(json_type(payload, '$.receipt'), 'text') = 'text'
           else false end;
