-- Why: lots, earnings and visits have a row for each day of a regular's year; as JSON they were most of what a sale reads and writes again, and what its triggers and indexes had to parse.
-- Packed lists of days; null: they stand in the document.
alter table account add column days blob;
alter table account_shown add column days blob;

insert or ignore into rebuild_due (only)
select 1
where exists (select 1 from account_shown);
