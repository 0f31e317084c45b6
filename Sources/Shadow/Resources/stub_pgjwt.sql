-- Stands in for pgjwt: signs and verifies JSON web tokens with pgcrypto, as it does.
-- requires: pgcrypto
-- version: 0.2.0

create function url_encode(data bytea) returns text language sql immutable as $$
  select translate(encode(data, 'base64'), E'+/=\n', '-_')
$$;

create function url_decode(data text) returns bytea language sql immutable as $$
  select decode(rpad(translate(data, '-_', '+/'), (length(data) + 3) / 4 * 4, '='), 'base64')
$$;

create function algorithm_sign(signables text, secret text, algorithm text) returns text language sql immutable
set search_path from current as $$
  select url_encode(hmac(signables, secret, replace(lower(algorithm), 'hs', 'sha')))
$$;

create function sign(payload json, secret text, algorithm text default 'HS256') returns text language sql immutable
set search_path from current as $$
  select signables || '.' || algorithm_sign(signables, secret, algorithm)
  from concat_ws('.',
    url_encode(convert_to('{"alg":"' || algorithm || '","typ":"JWT"}', 'utf8')),
    url_encode(convert_to(payload::text, 'utf8'))) as signables
$$;

create function try_cast_double(inp text) returns double precision language plpgsql immutable as $$
begin
  return inp::double precision;
exception when others then
  return null;
end
$$;

create function verify(token text, secret text, algorithm text default 'HS256')
returns table (header json, payload json, valid boolean) language sql immutable
set search_path from current as $$
  select
    convert_from(url_decode(parts[1]), 'utf8')::json,
    convert_from(url_decode(parts[2]), 'utf8')::json,
    parts[3] = algorithm_sign(parts[1] || '.' || parts[2], secret, algorithm)
      and tstzrange(
        to_timestamp(try_cast_double(convert_from(url_decode(parts[2]), 'utf8')::json ->> 'nbf')),
        to_timestamp(try_cast_double(convert_from(url_decode(parts[2]), 'utf8')::json ->> 'exp'))
      ) @> current_timestamp
  from string_to_array(token, '.') as parts
$$;
