-- why: a person asks to be forgotten. Their row goes everywhere, what earlier rows of the feed said of them too,
-- and a terminal that was offline may still send what it changed of them.
create table erased_customer (
    tenant_id text not null,
    customer_id text not null,
    hlc integer not null, -- above the clock of every copy that came since
    erased_ms integer, -- none: a terminal knew of it after this server was restored
    reason text not null,
    primary key (tenant_id, customer_id)
) strict, without rowid;
