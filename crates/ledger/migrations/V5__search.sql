-- Why: a cashier finds a customer or a product by a part of what they remember, in a blink, among a million.
create virtual table customer_words using fts5 (
    words, content = '', contentless_delete = 1, detail = none,
    prefix = '2 3', tokenize = 'unicode61 remove_diacritics 0'
);

create virtual table customer_digits using fts5 (
    digits, content = '', contentless_delete = 1, detail = none, tokenize = 'trigram'
);

-- The distinct words of all names: where misspelt words are looked up.
create table name_word (
    number integer primary key,
    word text not null unique check (word <> ''),
    customers integer not null check (customers >= 1)
) strict;

create virtual table name_word_parts using fts5 (
    word, content = '', contentless_delete = 1, detail = none, tokenize = 'trigram'
);

create virtual table product_parts using fts5 (
    words, content = '', contentless_delete = 1, detail = none, tokenize = 'trigram'
);
