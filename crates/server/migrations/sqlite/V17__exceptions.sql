-- why: what an owner looks at has a code, a subject and an amount; times that a wrong clock put into the future
-- count from when the server got them.
alter table entry add column exceptions text; -- a list as JSON; none: nothing to look at

create index entry_exception on entry (tenant_id, received_ms, stream_id, seq)
where exceptions is not null;

update entry set exceptions = json_array(json_object(
    'code', case
        when reason like 'refund_adjusted:%' then 'refund_adjusted'
        when reason like 'void_adjusted:%' then 'void_adjusted'
        when reason like 'over_limit: reward %' then 'reward_over_limit'
        else 'code_over_limit' end,
    'subject', '', 'amount', 0, 'said', reason))
where disposition = 'adjusted' and reason is not null;

update sale_outcome set effective_ms = (
    select e.received_ms from entry e
    where e.tenant_id = sale_outcome.tenant_id and e.stream_id = sale_outcome.stream_id
          and e.seq = sale_outcome.seq)
where effective_ms > 600000 + (
    select e.received_ms from entry e
    where e.tenant_id = sale_outcome.tenant_id and e.stream_id = sale_outcome.stream_id
          and e.seq = sale_outcome.seq);

update sale_entry set effective_ms = (
    select e.received_ms from entry e
    where e.tenant_id = sale_entry.tenant_id and e.stream_id = sale_entry.stream_id
          and e.seq = sale_entry.seq)
where effective_ms > 600000 + (
    select e.received_ms from entry e
    where e.tenant_id = sale_entry.tenant_id and e.stream_id = sale_entry.stream_id
          and e.seq = sale_entry.seq);

update customer_entry set effective_ms = (
    select e.received_ms from entry e
    where e.tenant_id = customer_entry.tenant_id and e.stream_id = customer_entry.stream_id
          and e.seq = customer_entry.seq)
where effective_ms > 600000 + (
    select e.received_ms from entry e
    where e.tenant_id = customer_entry.tenant_id and e.stream_id = customer_entry.stream_id
          and e.seq = customer_entry.seq);
