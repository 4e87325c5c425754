-- Why: rights to what is scarce are held here and spent without a connection, in the sale's own transaction.
create table lease (
    id blob primary key check (length(id) = 16),
    kind text not null check (kind <> ''),
    resource_key text not null,
    granted integer not null check (granted >= 1),
    state text not null check (state in ('open', 'recalled', 'ended')),
    granted_ms integer not null,
    expires_ms integer not null
) strict, without rowid;

create index lease_by_resource on lease (kind, resource_key);

-- Ended is for good: what was closed, written off or lost sight of is never a right again.
create trigger lease_never_opens_again before update of state on lease
when old.state = 'ended' and new.state <> 'ended'
begin
    select raise(abort, 'a lease that ended never opens again');
end;

-- What was asked for and not answered yet, under the id that it was asked by.
create table lease_asked (
    kind text not null,
    resource_key text not null,
    lease_id blob not null unique check (length(lease_id) = 16),
    primary key (kind, resource_key)
) strict, without rowid;

-- What own entries spent and gave back.
create table lease_spent (
    stream blob not null,
    seq integer not null,
    lease_id blob not null check (length(lease_id) = 16),
    units integer not null check (units >= 0),
    primary key (stream, seq, lease_id),
    foreign key (stream, seq) references entry (stream, seq)
) strict, without rowid;

create index lease_spent_by_lease on lease_spent (lease_id);

create table lease_closed (
    lease_id blob primary key check (length(lease_id) = 16),
    stream blob not null,
    seq integer not null,
    foreign key (stream, seq) references entry (stream, seq)
) strict, without rowid;

-- Points that own entries spent without the customer's right.
create table points_at_risk (
    stream blob not null,
    seq integer not null,
    customer_id blob not null check (length(customer_id) = 16),
    points integer not null check (points >= 1),
    primary key (stream, seq),
    foreign key (stream, seq) references entry (stream, seq)
) strict, without rowid;

create index points_at_risk_by_customer on points_at_risk (customer_id);
