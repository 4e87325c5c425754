-- why: the history of a customer goes on with every record whose account they took over.
alter table account add column merged_into text collate "C";

update account set merged_into = document::jsonb ->> 'merged_into'
where document::jsonb ->> 'merged_into' is not null;

create index account_merged on account (tenant_id, merged_into) where merged_into is not null;
