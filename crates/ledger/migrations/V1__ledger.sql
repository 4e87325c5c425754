-- Why: the facts of this till, as bytes that are written once and never changed.
create table stream (
    opened integer primary key check (opened >= 1),
    id blob not null unique check (length(id) = 16),
    seq integer not null check (seq >= 0),
    hash blob not null check (length(hash) = 32),
    hlc integer not null check (hlc >= 0),
    effective_ms integer not null,
    acknowledged integer not null default 0 check (acknowledged between 0 and seq),
    included integer not null default 0 check (included >= 0),
    sealed text check (sealed in ('rewound', 'fork', 'continued'))
) strict;

create trigger stream_keeps_its_head before update of seq, id, opened on stream
when new.seq not in (old.seq, old.seq + 1) or new.id <> old.id or new.opened <> old.opened
begin
    select raise(abort, 'a stream grows by one entry at a time');
end;

create trigger stream_keeps_what_was_acknowledged before update of acknowledged, included on stream
when new.acknowledged < old.acknowledged or new.included < old.included
begin
    select raise(abort, 'what the server acknowledged never goes back');
end;

create trigger stream_is_never_deleted before delete on stream
begin
    select raise(abort, 'the ledger is append-only: a stream is never deleted');
end;

create table entry (
    stream blob not null references stream (id),
    seq integer not null check (seq >= 1),
    entry_id blob not null unique check (length(entry_id) = 16),
    kind text not null check (kind <> ''),
    header text not null,
    payload text not null,
    hash blob not null check (length(hash) = 32),
    primary key (stream, seq)
) strict, without rowid;

create trigger entry_is_dense before insert on entry
when new.seq is not (select seq + 1 from stream where id = new.stream and sealed is null)
begin
    select raise(abort, 'an entry follows the head of an open stream');
end;

create trigger entry_is_never_changed before update on entry
begin
    select raise(abort, 'the ledger is append-only: an entry is never changed');
end;

create trigger entry_is_never_deleted before delete on entry
begin
    select raise(abort, 'the ledger is append-only: an entry is never deleted');
end;

create table disposition (
    stream blob not null,
    seq integer not null,
    disposition text not null check (disposition in ('adjusted', 'held')),
    reason text,
    primary key (stream, seq),
    foreign key (stream, seq) references entry (stream, seq)
) strict, without rowid;
