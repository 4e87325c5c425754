-- why: how often everybody had each reward, over all tills: a stock is for all of them together.
create table reward_use (
    tenant_id text not null,
    reward text not null,
    total integer not null,
    primary key (tenant_id, reward)
) strict;

insert into reward_use (tenant_id, reward, total)
select a.tenant_id, had.key, sum(had.value)
from account a, json_each(a.document, '$.rewards') had
group by a.tenant_id, had.key;
