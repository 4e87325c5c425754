-- Why: a profile has a document, a referral code and a recorded consent, and nobody is enrolled twice.
alter table customer add column document text;
alter table customer add column referral_code text;
alter table customer add column consent text;

create index customer_by_digits on customer (digits) where digits <> '';
create index customer_by_document on customer (document) where document is not null;
create index customer_by_referral_code on customer (referral_code) where referral_code is not null;
