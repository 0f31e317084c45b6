-- Stands in for http (pgsql-http): every request is answered at once with an empty page, and none is made.
-- version: 1.6

create domain http_method as text;
create type http_header as (field varchar, value varchar);
create type http_request as (
  method http_method, uri varchar, headers http_header[], content_type varchar, content varchar);
create type http_response as (status integer, content_type varchar, headers http_header[], content varchar);

create function http_header(field varchar, value varchar) returns http_header language sql immutable strict
  return row(field, value)::@extschema@.http_header;
create function http(request @extschema@.http_request) returns http_response language sql volatile
  return row(200, 'application/json', '{}', '{}')::@extschema@.http_response;

create function http_get(uri varchar) returns http_response language sql volatile
  return http(row('GET', uri, null, null, null)::http_request);
create function http_get(uri varchar, data jsonb) returns http_response language sql volatile
  return http(row('GET', uri, null, null, data::text)::http_request);
create function http_post(uri varchar, content varchar, content_type varchar) returns http_response
  language sql volatile return http(row('POST', uri, null, content_type, content)::http_request);
create function http_post(uri varchar, data jsonb) returns http_response language sql volatile
  return http(row('POST', uri, null, 'application/json', data::text)::http_request);
create function http_put(uri varchar, content varchar, content_type varchar) returns http_response
  language sql volatile return http(row('PUT', uri, null, content_type, content)::http_request);
create function http_patch(uri varchar, content varchar, content_type varchar) returns http_response
  language sql volatile return http(row('PATCH', uri, null, content_type, content)::http_request);
create function http_delete(uri varchar) returns http_response language sql volatile
  return http(row('DELETE', uri, null, null, null)::http_request);
create function http_delete(uri varchar, content varchar, content_type varchar) returns http_response
  language sql volatile return http(row('DELETE', uri, null, content_type, content)::http_request);
create function http_head(uri varchar) returns http_response language sql volatile
  return http(row('HEAD', uri, null, null, null)::http_request);

create function http_set_curlopt(curlopt varchar, value varchar) returns boolean language sql volatile return true;
create function http_reset_curlopt() returns boolean language sql volatile return true;
create function http_list_curlopt() returns table (curlopt text, value text) language sql volatile
begin atomic
  select null::text, null::text where false;
end;

create function urlencode(string bytea) returns text language sql immutable strict
begin atomic
  select coalesce(
    string_agg(
      case
        when chr(byte) ~ '[A-Za-z0-9_.~-]' and byte < 128 then chr(byte)
        else '%' || upper(lpad(to_hex(byte), 2, '0'))
      end, '' order by place),
    '')
  from generate_series(0, length(string) - 1) as place, get_byte(string, place) as byte
  where byte > 0;
end;
create function urlencode(string varchar) returns text language sql immutable strict
  return urlencode(convert_to(string, 'UTF8'));
create function urlencode(data jsonb) returns text language sql immutable strict
begin atomic
  select string_agg(urlencode(key::varchar) || '=' || urlencode(value::varchar), '&') from jsonb_each_text(data);
end;
