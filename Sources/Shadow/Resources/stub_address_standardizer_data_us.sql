-- Stands in for address_standardizer_data_us: its three tables, empty.
-- version: 3.3.7
-- relocatable

create table us_lex (
  id serial primary key, seq integer, word text, stdword text, token integer, is_custom boolean not null default true);
create table us_gaz (
  id serial primary key, seq integer, word text, stdword text, token integer, is_custom boolean not null default true);
create table us_rules (id serial primary key, rule text, is_custom boolean not null default true);
grant select on us_lex, us_gaz, us_rules to public;
