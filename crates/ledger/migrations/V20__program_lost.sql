-- Why: a program that the server lost and does not take back, because it is too large, is named, and stops nothing.
alter table program add column refused integer not null default 0 check (refused in (0, 1));
