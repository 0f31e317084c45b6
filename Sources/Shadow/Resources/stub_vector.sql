-- Stands in for vector (pgvector): the types with their dimensions, distances with right results, and index methods
-- that index nothing but equality. A vector is kept as its text, which the internal functions of text read and write.
-- relocatable
-- version: 0.8.0

create type vector;
create function vector_in(cstring, oid, integer) returns vector
  language internal immutable strict parallel safe as 'textin';
create function vector_out(vector) returns cstring language internal immutable strict parallel safe as 'textout';
create function vector_recv(internal, oid, integer) returns vector
  language internal immutable strict parallel safe as 'textrecv';
create function vector_send(vector) returns bytea language internal immutable strict parallel safe as 'textsend';
create function vector_typmod_in(cstring[]) returns integer
  language internal immutable strict parallel safe as 'varchartypmodin';
create function vector_typmod_out(integer) returns cstring
  language internal immutable strict parallel safe as 'varchartypmodout';
create type vector (
  input = vector_in, output = vector_out, receive = vector_recv, send = vector_send,
  typmod_in = vector_typmod_in, typmod_out = vector_typmod_out, storage = external
);

create type halfvec;
create function halfvec_in(cstring, oid, integer) returns halfvec
  language internal immutable strict parallel safe as 'textin';
create function halfvec_out(halfvec) returns cstring language internal immutable strict parallel safe as 'textout';
create function halfvec_typmod_in(cstring[]) returns integer
  language internal immutable strict parallel safe as 'varchartypmodin';
create function halfvec_typmod_out(integer) returns cstring
  language internal immutable strict parallel safe as 'varchartypmodout';
create type halfvec (
  input = halfvec_in, output = halfvec_out,
  typmod_in = halfvec_typmod_in, typmod_out = halfvec_typmod_out, storage = external
);

create type sparsevec;
create function sparsevec_in(cstring, oid, integer) returns sparsevec
  language internal immutable strict parallel safe as 'textin';
create function sparsevec_out(sparsevec) returns cstring language internal immutable strict parallel safe as 'textout';
create function sparsevec_typmod_in(cstring[]) returns integer
  language internal immutable strict parallel safe as 'varchartypmodin';
create function sparsevec_typmod_out(integer) returns cstring
  language internal immutable strict parallel safe as 'varchartypmodout';
create type sparsevec (
  input = sparsevec_in, output = sparsevec_out,
  typmod_in = sparsevec_typmod_in, typmod_out = sparsevec_typmod_out, storage = external
);

create cast (vector as halfvec) without function as assignment;
create cast (halfvec as vector) without function as implicit;
create cast (sparsevec as vector) without function as assignment;
create cast (vector as sparsevec) without function as implicit;

create access method ivfflat type index handler hashhandler;
create access method hnsw type index handler hashhandler;

-- vector: numbers in, numbers out

create function vector_numbers(vector) returns double precision[] language sql immutable strict parallel safe
  return translate($1::text, '[]', '{}')::double precision[];
create function vector_dims(vector) returns integer language sql immutable strict parallel safe
  return cardinality(vector_numbers($1));
create function array_to_vector(real[], integer, boolean) returns vector language sql immutable strict parallel safe
  return translate($1::text, '{}', '[]')::vector;
create function array_to_vector(double precision[], integer, boolean) returns vector
  language sql immutable strict parallel safe return translate($1::text, '{}', '[]')::vector;
create function array_to_vector(integer[], integer, boolean) returns vector language sql immutable strict parallel safe
  return translate($1::text, '{}', '[]')::vector;
create function array_to_vector(numeric[], integer, boolean) returns vector language sql immutable strict parallel safe
  return translate($1::text, '{}', '[]')::vector;
create function vector_to_float4(vector, integer, boolean) returns real[] language sql immutable strict parallel safe
  return vector_numbers($1)::real[];
create cast (real[] as vector) with function array_to_vector(real[], integer, boolean) as assignment;
create cast (double precision[] as vector)
  with function array_to_vector(double precision[], integer, boolean) as assignment;
create cast (integer[] as vector) with function array_to_vector(integer[], integer, boolean) as assignment;
create cast (numeric[] as vector) with function array_to_vector(numeric[], integer, boolean) as assignment;
create cast (vector as real[]) with function vector_to_float4(vector, integer, boolean) as implicit;

create function inner_product(vector, vector) returns double precision language sql immutable strict parallel safe
begin atomic
  select sum(a * b) from unnest(vector_numbers($1), vector_numbers($2)) as pairs (a, b);
end;
create function vector_negative_inner_product(vector, vector) returns double precision
  language sql immutable strict parallel safe return - inner_product($1, $2);
create function vector_norm(vector) returns double precision language sql immutable strict parallel safe
  return sqrt(inner_product($1, $1));
create function l2_distance(vector, vector) returns double precision language sql immutable strict parallel safe
begin atomic
  select sqrt(sum((a - b) ^ 2)) from unnest(vector_numbers($1), vector_numbers($2)) as pairs (a, b);
end;
create function l1_distance(vector, vector) returns double precision language sql immutable strict parallel safe
begin atomic
  select sum(abs(a - b)) from unnest(vector_numbers($1), vector_numbers($2)) as pairs (a, b);
end;
create function cosine_distance(vector, vector) returns double precision language sql immutable strict parallel safe
  return 1 - inner_product($1, $2) / nullif(sqrt(inner_product($1, $1) * inner_product($2, $2)), 0);
create function l2_normalize(vector) returns vector language sql immutable strict parallel safe
begin atomic
  select array_to_vector(array_agg(a / nullif(sqrt(inner_product($1, $1)), 0)), -1, false)
  from unnest(vector_numbers($1)) as a;
end;
create function vector_add(vector, vector) returns vector language sql immutable strict parallel safe
begin atomic
  select array_to_vector(array_agg(a + b), -1, false) from unnest(vector_numbers($1), vector_numbers($2)) as pairs (a, b);
end;
create function vector_sub(vector, vector) returns vector language sql immutable strict parallel safe
begin atomic
  select array_to_vector(array_agg(a - b), -1, false) from unnest(vector_numbers($1), vector_numbers($2)) as pairs (a, b);
end;
create function vector_mul(vector, vector) returns vector language sql immutable strict parallel safe
begin atomic
  select array_to_vector(array_agg(a * b), -1, false) from unnest(vector_numbers($1), vector_numbers($2)) as pairs (a, b);
end;

create operator <-> (leftarg = vector, rightarg = vector, function = l2_distance, commutator = <->);
create operator <#> (leftarg = vector, rightarg = vector, function = vector_negative_inner_product, commutator = <#>);
create operator <=> (leftarg = vector, rightarg = vector, function = cosine_distance, commutator = <=>);
create operator <+> (leftarg = vector, rightarg = vector, function = l1_distance, commutator = <+>);
create operator + (leftarg = vector, rightarg = vector, function = vector_add, commutator = +);
create operator - (leftarg = vector, rightarg = vector, function = vector_sub);
create operator * (leftarg = vector, rightarg = vector, function = vector_mul, commutator = *);
create aggregate sum(vector) (sfunc = vector_add, stype = vector, parallel = safe);

create function vector_average_step(sums double precision[], value vector) returns double precision[]
language sql immutable parallel safe
begin atomic
  -- The last number is the count of vectors, those before it are their sums.
  select case when value is null then sums else array_agg(coalesce(s, 0) + v order by place) end
  from unnest(sums, vector_numbers(value) || 1::double precision) with ordinality as pairs (s, v, place);
end;
create function vector_average(sums double precision[]) returns vector language sql immutable strict parallel safe
begin atomic
  select array_to_vector(array_agg(s / sums[cardinality(sums)] order by place), -1, false)
  from unnest(sums) with ordinality as numbers (s, place) where place < cardinality(sums);
end;
create aggregate avg(vector) (
  sfunc = vector_average_step, stype = double precision[], finalfunc = vector_average, parallel = safe);

create function vector_lt(vector, vector) returns boolean language internal immutable strict parallel safe as 'bytealt';
create function vector_le(vector, vector) returns boolean language internal immutable strict parallel safe as 'byteale';
create function vector_eq(vector, vector) returns boolean language internal immutable strict parallel safe as 'byteaeq';
create function vector_ne(vector, vector) returns boolean language internal immutable strict parallel safe as 'byteane';
create function vector_ge(vector, vector) returns boolean language internal immutable strict parallel safe as 'byteage';
create function vector_gt(vector, vector) returns boolean language internal immutable strict parallel safe as 'byteagt';
create function vector_cmp(vector, vector) returns integer language internal immutable strict parallel safe as 'byteacmp';
create function vector_hash(vector) returns integer language internal immutable strict parallel safe as 'hashvarlena';
create operator < (leftarg = vector, rightarg = vector, function = vector_lt, commutator = >, negator = >=);
create operator <= (leftarg = vector, rightarg = vector, function = vector_le, commutator = >=, negator = >);
create operator = (leftarg = vector, rightarg = vector, function = vector_eq, commutator = =, negator = <>);
create operator <> (leftarg = vector, rightarg = vector, function = vector_ne, commutator = <>, negator = =);
create operator >= (leftarg = vector, rightarg = vector, function = vector_ge, commutator = <=, negator = <);
create operator > (leftarg = vector, rightarg = vector, function = vector_gt, commutator = <, negator = <=);
create operator class vector_ops default for type vector using btree as
  operator 1 <, operator 2 <=, operator 3 =, operator 4 >=, operator 5 >, function 1 vector_cmp(vector, vector);

create operator class vector_l2_ops default for type vector using ivfflat as operator 1 =, function 1 vector_hash(vector);
create operator class vector_ip_ops for type vector using ivfflat as operator 1 =, function 1 vector_hash(vector);
create operator class vector_cosine_ops for type vector using ivfflat as operator 1 =, function 1 vector_hash(vector);
create operator class vector_l2_ops for type vector using hnsw as operator 1 =, function 1 vector_hash(vector);
create operator class vector_ip_ops for type vector using hnsw as operator 1 =, function 1 vector_hash(vector);
create operator class vector_cosine_ops for type vector using hnsw as operator 1 =, function 1 vector_hash(vector);
create operator class vector_l1_ops for type vector using hnsw as operator 1 =, function 1 vector_hash(vector);

-- halfvec: numbers in, numbers out

create function halfvec_numbers(halfvec) returns double precision[] language sql immutable strict parallel safe
  return translate($1::text, '[]', '{}')::double precision[];
create function halfvec_dims(halfvec) returns integer language sql immutable strict parallel safe
  return cardinality(halfvec_numbers($1));
create function array_to_halfvec(real[], integer, boolean) returns halfvec language sql immutable strict parallel safe
  return translate($1::text, '{}', '[]')::halfvec;
create function array_to_halfvec(double precision[], integer, boolean) returns halfvec
  language sql immutable strict parallel safe return translate($1::text, '{}', '[]')::halfvec;
create function array_to_halfvec(integer[], integer, boolean) returns halfvec language sql immutable strict parallel safe
  return translate($1::text, '{}', '[]')::halfvec;
create function array_to_halfvec(numeric[], integer, boolean) returns halfvec language sql immutable strict parallel safe
  return translate($1::text, '{}', '[]')::halfvec;
create function halfvec_to_float4(halfvec, integer, boolean) returns real[] language sql immutable strict parallel safe
  return halfvec_numbers($1)::real[];
create cast (real[] as halfvec) with function array_to_halfvec(real[], integer, boolean) as assignment;
create cast (double precision[] as halfvec)
  with function array_to_halfvec(double precision[], integer, boolean) as assignment;
create cast (integer[] as halfvec) with function array_to_halfvec(integer[], integer, boolean) as assignment;
create cast (numeric[] as halfvec) with function array_to_halfvec(numeric[], integer, boolean) as assignment;
create cast (halfvec as real[]) with function halfvec_to_float4(halfvec, integer, boolean) as implicit;

create function inner_product(halfvec, halfvec) returns double precision language sql immutable strict parallel safe
begin atomic
  select sum(a * b) from unnest(halfvec_numbers($1), halfvec_numbers($2)) as pairs (a, b);
end;
create function halfvec_negative_inner_product(halfvec, halfvec) returns double precision
  language sql immutable strict parallel safe return - inner_product($1, $2);
create function l2_norm(halfvec) returns double precision language sql immutable strict parallel safe
  return sqrt(inner_product($1, $1));
create function l2_distance(halfvec, halfvec) returns double precision language sql immutable strict parallel safe
begin atomic
  select sqrt(sum((a - b) ^ 2)) from unnest(halfvec_numbers($1), halfvec_numbers($2)) as pairs (a, b);
end;
create function l1_distance(halfvec, halfvec) returns double precision language sql immutable strict parallel safe
begin atomic
  select sum(abs(a - b)) from unnest(halfvec_numbers($1), halfvec_numbers($2)) as pairs (a, b);
end;
create function cosine_distance(halfvec, halfvec) returns double precision language sql immutable strict parallel safe
  return 1 - inner_product($1, $2) / nullif(sqrt(inner_product($1, $1) * inner_product($2, $2)), 0);
create function l2_normalize(halfvec) returns halfvec language sql immutable strict parallel safe
begin atomic
  select array_to_halfvec(array_agg(a / nullif(sqrt(inner_product($1, $1)), 0)), -1, false)
  from unnest(halfvec_numbers($1)) as a;
end;
create function halfvec_add(halfvec, halfvec) returns halfvec language sql immutable strict parallel safe
begin atomic
  select array_to_halfvec(array_agg(a + b), -1, false) from unnest(halfvec_numbers($1), halfvec_numbers($2)) as pairs (a, b);
end;
create function halfvec_sub(halfvec, halfvec) returns halfvec language sql immutable strict parallel safe
begin atomic
  select array_to_halfvec(array_agg(a - b), -1, false) from unnest(halfvec_numbers($1), halfvec_numbers($2)) as pairs (a, b);
end;
create function halfvec_mul(halfvec, halfvec) returns halfvec language sql immutable strict parallel safe
begin atomic
  select array_to_halfvec(array_agg(a * b), -1, false) from unnest(halfvec_numbers($1), halfvec_numbers($2)) as pairs (a, b);
end;

create operator <-> (leftarg = halfvec, rightarg = halfvec, function = l2_distance, commutator = <->);
create operator <#> (leftarg = halfvec, rightarg = halfvec, function = halfvec_negative_inner_product, commutator = <#>);
create operator <=> (leftarg = halfvec, rightarg = halfvec, function = cosine_distance, commutator = <=>);
create operator <+> (leftarg = halfvec, rightarg = halfvec, function = l1_distance, commutator = <+>);
create operator + (leftarg = halfvec, rightarg = halfvec, function = halfvec_add, commutator = +);
create operator - (leftarg = halfvec, rightarg = halfvec, function = halfvec_sub);
create operator * (leftarg = halfvec, rightarg = halfvec, function = halfvec_mul, commutator = *);
create aggregate sum(halfvec) (sfunc = halfvec_add, stype = halfvec, parallel = safe);

create function halfvec_average_step(sums double precision[], value halfvec) returns double precision[]
language sql immutable parallel safe
begin atomic
  -- The last number is the count of vectors, those before it are their sums.
  select case when value is null then sums else array_agg(coalesce(s, 0) + v order by place) end
  from unnest(sums, halfvec_numbers(value) || 1::double precision) with ordinality as pairs (s, v, place);
end;
create function halfvec_average(sums double precision[]) returns halfvec language sql immutable strict parallel safe
begin atomic
  select array_to_halfvec(array_agg(s / sums[cardinality(sums)] order by place), -1, false)
  from unnest(sums) with ordinality as numbers (s, place) where place < cardinality(sums);
end;
create aggregate avg(halfvec) (
  sfunc = halfvec_average_step, stype = double precision[], finalfunc = halfvec_average, parallel = safe);

create function halfvec_lt(halfvec, halfvec) returns boolean language internal immutable strict parallel safe as 'bytealt';
create function halfvec_le(halfvec, halfvec) returns boolean language internal immutable strict parallel safe as 'byteale';
create function halfvec_eq(halfvec, halfvec) returns boolean language internal immutable strict parallel safe as 'byteaeq';
create function halfvec_ne(halfvec, halfvec) returns boolean language internal immutable strict parallel safe as 'byteane';
create function halfvec_ge(halfvec, halfvec) returns boolean language internal immutable strict parallel safe as 'byteage';
create function halfvec_gt(halfvec, halfvec) returns boolean language internal immutable strict parallel safe as 'byteagt';
create function halfvec_cmp(halfvec, halfvec) returns integer language internal immutable strict parallel safe as 'byteacmp';
create function halfvec_hash(halfvec) returns integer language internal immutable strict parallel safe as 'hashvarlena';
create operator < (leftarg = halfvec, rightarg = halfvec, function = halfvec_lt, commutator = >, negator = >=);
create operator <= (leftarg = halfvec, rightarg = halfvec, function = halfvec_le, commutator = >=, negator = >);
create operator = (leftarg = halfvec, rightarg = halfvec, function = halfvec_eq, commutator = =, negator = <>);
create operator <> (leftarg = halfvec, rightarg = halfvec, function = halfvec_ne, commutator = <>, negator = =);
create operator >= (leftarg = halfvec, rightarg = halfvec, function = halfvec_ge, commutator = <=, negator = <);
create operator > (leftarg = halfvec, rightarg = halfvec, function = halfvec_gt, commutator = <, negator = <=);
create operator class halfvec_ops default for type halfvec using btree as
  operator 1 <, operator 2 <=, operator 3 =, operator 4 >=, operator 5 >, function 1 halfvec_cmp(halfvec, halfvec);

create operator class halfvec_l2_ops default for type halfvec using ivfflat as operator 1 =, function 1 halfvec_hash(halfvec);
create operator class halfvec_ip_ops for type halfvec using ivfflat as operator 1 =, function 1 halfvec_hash(halfvec);
create operator class halfvec_cosine_ops for type halfvec using ivfflat as operator 1 =, function 1 halfvec_hash(halfvec);
create operator class halfvec_l2_ops for type halfvec using hnsw as operator 1 =, function 1 halfvec_hash(halfvec);
create operator class halfvec_ip_ops for type halfvec using hnsw as operator 1 =, function 1 halfvec_hash(halfvec);
create operator class halfvec_cosine_ops for type halfvec using hnsw as operator 1 =, function 1 halfvec_hash(halfvec);
create operator class halfvec_l1_ops for type halfvec using hnsw as operator 1 =, function 1 halfvec_hash(halfvec);

-- sparsevec: stored and indexed, not computed with

create function sparsevec_eq(sparsevec, sparsevec) returns boolean
  language internal immutable strict parallel safe as 'byteaeq';
create function sparsevec_hash(sparsevec) returns integer
  language internal immutable strict parallel safe as 'hashvarlena';
create operator = (leftarg = sparsevec, rightarg = sparsevec, function = sparsevec_eq, commutator = =);
create operator class sparsevec_l2_ops for type sparsevec using hnsw as operator 1 =, function 1 sparsevec_hash(sparsevec);
create operator class sparsevec_ip_ops for type sparsevec using hnsw as operator 1 =, function 1 sparsevec_hash(sparsevec);
create operator class sparsevec_cosine_ops for type sparsevec using hnsw as operator 1 =, function 1 sparsevec_hash(sparsevec);
create operator class sparsevec_l1_ops for type sparsevec using hnsw as operator 1 =, function 1 sparsevec_hash(sparsevec);

-- Binary vectors are bit strings.

create function hamming_distance(bit, bit) returns double precision language sql immutable strict parallel safe
  return length(replace(($1 # $2)::text, '0', ''));
create operator <~> (leftarg = bit, rightarg = bit, function = hamming_distance, commutator = <~>);
