-- Stands in for pg_hashids: an encoding that is its own inverse, but not the one of hashids.
-- relocatable
-- version: 1.3

create function id_encode(number bigint, salt text default '', min_length integer default 0, alphabet text default '')
returns text language sql immutable strict return lpad(to_hex(number), greatest(min_length, length(to_hex(number))), '0');
create function id_encode(numbers bigint[], salt text default '', min_length integer default 0, alphabet text default '')
returns text language sql immutable strict
begin atomic
  select string_agg(to_hex(number), '-') from unnest(numbers) as number;
end;
create function id_decode(hash text, salt text default '', min_length integer default 0, alphabet text default '')
returns bigint[] language sql immutable strict
begin atomic
  select array_agg(('x' || lpad(part, 16, '0'))::bit(64)::bigint) from unnest(string_to_array(hash, '-')) as part;
end;
create function id_decode_once(
  hash text, salt text default '', min_length integer default 0, alphabet text default '')
returns bigint language sql immutable strict return (id_decode(hash))[1];
