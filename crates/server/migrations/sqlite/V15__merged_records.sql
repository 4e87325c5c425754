-- why: the history of a customer goes on with every record whose account they took over, also with one that
-- took others over before; sales that such a merge left behind belong to who has the account now.
alter table account add column merged_into text;

update account set merged_into = json_extract(document, '$.merged_into')
where json_extract(document, '$.merged_into') is not null;

create index account_merged on account (tenant_id, merged_into) where merged_into is not null;

update sale_outcome set customer_id = (
    with recursive holder (id, steps) as (
        select sale_outcome.customer_id, 0
        union all
        select a.merged_into, holder.steps + 1
        from holder
        join account a on a.tenant_id = sale_outcome.tenant_id and a.customer_id = holder.id
        where a.merged_into is not null and holder.steps < 16
    )
    select id from holder order by steps desc limit 1
)
where exists (
    select 1 from account a
    where a.tenant_id = sale_outcome.tenant_id and a.customer_id = sale_outcome.customer_id
          and a.merged_into is not null
);
