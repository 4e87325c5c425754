-- Why: a use of a variant or a series member counts for its parent too, and the parent's uses have to be found.
alter table sale_code add column parent text;

create index sale_code_by_parent on sale_code (parent, stream, seq) where parent is not null;

-- A row while the projections of an older version have to be made again from the entries.
create table rebuild_due (
    only integer primary key check (only = 1)
) strict;

insert into rebuild_due (only)
select 1
where exists (select 1 from sale_code);
