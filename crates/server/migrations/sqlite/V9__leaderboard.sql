-- why: who earned most in a store and a period: where and when each sale was, and what is left of its points.
alter table sale_outcome add column store_id text;

alter table sale_outcome add column local_day text;

alter table sale_outcome add column points integer not null default 0;

create index sale_outcome_by_day on sale_outcome (tenant_id, local_day);

update sale_outcome set
    store_id = (select json_extract(e.payload, '$.store') from entry e
                where e.tenant_id = sale_outcome.tenant_id and e.stream_id = sale_outcome.stream_id
                      and e.seq = sale_outcome.seq),
    local_day = (select substr(json_extract(e.payload, '$.local_time'), 1, 10) from entry e
                 where e.tenant_id = sale_outcome.tenant_id and e.stream_id = sale_outcome.stream_id
                       and e.seq = sale_outcome.seq),
    points = (select coalesce(json_extract(e.payload, '$.points.earned'), 0) from entry e
              where e.tenant_id = sale_outcome.tenant_id and e.stream_id = sale_outcome.stream_id
                    and e.seq = sale_outcome.seq);

update sale_outcome set points = max(0, points - (
    select coalesce(sum(json_extract(e.payload, '$.points.taken_back')), 0)
    from sale_entry s
    join entry e on e.tenant_id = s.tenant_id and e.stream_id = s.stream_id and e.seq = s.seq
    where s.tenant_id = sale_outcome.tenant_id and s.sale_id = sale_outcome.sale_id
          and s.kind <> 'sale_completed' and e.disposition <> 'held'
));
