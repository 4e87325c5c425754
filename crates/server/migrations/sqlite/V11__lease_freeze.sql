-- why: a server that was restored does not know what was granted and used after its copy was made: until
-- every terminal has said so, it grants nothing that is scarce.
create table lease_freeze (
    tenant_id text not null,
    terminal_id text not null,
    stream_id text, -- the stream that the terminal spoke of since, none: it was not heard
    through_seq integer check (through_seq >= 0), -- how far that stream goes
    primary key (tenant_id, terminal_id),
    foreign key (tenant_id, terminal_id) references terminal (tenant_id, terminal_id),
    check ((stream_id is null) = (through_seq is null))
) strict;
