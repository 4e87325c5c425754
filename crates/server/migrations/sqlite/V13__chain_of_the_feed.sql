-- why: a terminal that holds a position of the feed holds what led there, so that a server that was restored
-- from a backup is recognised however far its feed has come since.
alter table feed add column hash text; -- the chain up to this row; none of rows from before there was one

alter table feed_head add column hash text not null
    default '0000000000000000000000000000000000000000000000000000000000000000';
