-- Why: stock of a reward is counted over everybody, and a reward coupon has to be found by its code alone;
-- both stand inside the documents of accounts only.
create table reward_had (
    reward text not null,
    customer_id blob not null,
    -- 0: the server's row; 1: what is shown, which replaces it.
    shown integer not null check (shown in (0, 1)),
    times integer not null,
    primary key (reward, customer_id, shown)
) strict, without rowid;

create index reward_had_by_customer on reward_had (customer_id, shown);

create table reward_coupon (
    code text not null,
    customer_id blob not null,
    shown integer not null check (shown in (0, 1)),
    primary key (code, customer_id, shown)
) strict, without rowid;

create index reward_coupon_by_customer on reward_coupon (customer_id, shown);

-- What became of a coupon that was made here.
create index entry_by_reward_coupon on entry (payload ->> '$.coupon.code')
where header ->> '$.kind' in ('reward_redeemed', 'reward_returned');

-- Whoever writes an account, these follow.
create trigger reward_of_account_added after insert on account
begin
    insert into reward_had (reward, customer_id, shown, times)
    select key, new.customer_id, 0, value from json_each(new.document, '$.rewards');
    insert or ignore into reward_coupon (code, customer_id, shown)
    select value ->> 'code', new.customer_id, 0 from json_each(new.document, '$.coupons');
end;

create trigger reward_of_account_changed after update of document on account
begin
    delete from reward_had where customer_id = new.customer_id and shown = 0;
    delete from reward_coupon where customer_id = new.customer_id and shown = 0;
    insert into reward_had (reward, customer_id, shown, times)
    select key, new.customer_id, 0, value from json_each(new.document, '$.rewards');
    insert or ignore into reward_coupon (code, customer_id, shown)
    select value ->> 'code', new.customer_id, 0 from json_each(new.document, '$.coupons');
end;

create trigger reward_of_account_removed after delete on account
begin
    delete from reward_had where customer_id = old.customer_id and shown = 0;
    delete from reward_coupon where customer_id = old.customer_id and shown = 0;
end;

create trigger reward_shown_added after insert on account_shown
begin
    insert into reward_had (reward, customer_id, shown, times)
    select key, new.customer_id, 1, value from json_each(new.document, '$.rewards');
    insert or ignore into reward_coupon (code, customer_id, shown)
    select value ->> 'code', new.customer_id, 1 from json_each(new.document, '$.coupons');
end;

create trigger reward_shown_changed after update of document on account_shown
begin
    delete from reward_had where customer_id = new.customer_id and shown = 1;
    delete from reward_coupon where customer_id = new.customer_id and shown = 1;
    insert into reward_had (reward, customer_id, shown, times)
    select key, new.customer_id, 1, value from json_each(new.document, '$.rewards');
    insert or ignore into reward_coupon (code, customer_id, shown)
    select value ->> 'code', new.customer_id, 1 from json_each(new.document, '$.coupons');
end;

create trigger reward_shown_removed after delete on account_shown
begin
    delete from reward_had where customer_id = old.customer_id and shown = 1;
    delete from reward_coupon where customer_id = old.customer_id and shown = 1;
end;

insert into reward_had (reward, customer_id, shown, times)
select e.key, a.customer_id, 0, e.value from account a, json_each(a.document, '$.rewards') e;

insert into reward_had (reward, customer_id, shown, times)
select e.key, a.customer_id, 1, e.value from account_shown a, json_each(a.document, '$.rewards') e;

insert or ignore into reward_coupon (code, customer_id, shown)
select e.value ->> 'code', a.customer_id, 0 from account a, json_each(a.document, '$.coupons') e;

insert or ignore into reward_coupon (code, customer_id, shown)
select e.value ->> 'code', a.customer_id, 1
from account_shown a, json_each(a.document, '$.coupons') e;
