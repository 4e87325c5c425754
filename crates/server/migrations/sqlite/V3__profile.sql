-- Why: profiles carry a document, a referral code and a recorded consent, and a customer's entries are found.
alter table customer add column document text;
alter table customer add column referral_code text;
alter table customer add column consent text;

create unique index customer_by_referral_code on customer (tenant_id, referral_code)
where referral_code is not null;

create table customer_entry (
    tenant_id text not null,
    customer_id text not null,
    effective_ms integer not null,
    stream_id text not null,
    seq integer not null,
    primary key (tenant_id, customer_id, effective_ms, stream_id, seq),
    foreign key (tenant_id, stream_id, seq) references entry (tenant_id, stream_id, seq)
) strict, without rowid;

insert into customer_entry (tenant_id, customer_id, effective_ms, stream_id, seq)
select tenant_id, json_extract(payload, '$.customer_id'), json_extract(header, '$.effective_ms'),
       stream_id, seq
from entry
where case when json_valid(header) and json_valid(payload)
           then json_type(payload, '$.customer_id') = 'text'
                and json_type(header, '$.effective_ms') = 'integer'
           else false end;
