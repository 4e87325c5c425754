-- Why: a till that was restored or copied goes on in a new stream, where the entries count that the server has not confirmed; and a server that was restored has to confirm everything again.
-- How far the server of this generation is known to hold this very chain.
alter table stream add column confirmed integer not null default 0 check (confirmed >= 0);

-- The last entry that counts here; those after it were written again in a later stream. Null: all of them.
alter table stream add column kept integer check (kept is null or kept >= 0);

update stream set confirmed = acknowledged;
