-- Why: a server that was restored has lost what was pushed or published since its backup; its tills recognise it by the feed, and bring back what they hold.
-- The chain of the feed up to the cursor. Null: the server does not say.
alter table feed add column hash text;

-- 1: the server has this row or took it, and the feed has not shown it since.
alter table customer add column unconfirmed integer not null default 0 check (unconfirmed in (0, 1));

create index customer_unconfirmed on customer (number) where unconfirmed = 1;

alter table account add column unconfirmed integer not null default 0 check (unconfirmed in (0, 1));

create index account_unconfirmed on account (customer_id) where unconfirmed = 1;

alter table code_use add column unconfirmed integer not null default 0 check (unconfirmed in (0, 1));

alter table program add column unconfirmed integer not null default 0 check (unconfirmed in (0, 1));

alter table program add column to_push integer not null default 0 check (to_push in (0, 1));

-- The server's signature under the document. Null: it did not seal it.
alter table program add column seal text;
