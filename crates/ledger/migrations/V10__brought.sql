-- Why: whom a customer brought is asked on their card; who brought somebody stands inside the documents.
create index account_by_referrer on account (json_extract(document, '$.referral.referred_by'))
where json_extract(document, '$.referral.referred_by') is not null;

create index account_shown_by_referrer
on account_shown (json_extract(document, '$.referral.referred_by'))
where json_extract(document, '$.referral.referred_by') is not null;
