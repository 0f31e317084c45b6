import Testing

@testable import Schema

@Suite("A fingerprint")
struct FingerprintTests {
  @Test("is the same for the same schema built in another order")
  func order() async throws {
    let first = try await snapshot(
      of: """
        create type status as enum ('open', 'paid');
        create table customers (id int primary key);
        create table orders (id int primary key, customer_id int references customers, status status);
        create index a on orders (status);
        create index b on orders (customer_id);
        create policy p on orders using (true);
        create policy q on orders using (false);
        grant select on orders to anon, authenticated;
        alter table orders set (fillfactor = 70, autovacuum_enabled = false);
        """)
    let second = try await snapshot(
      of: """
        create table gone (id int);
        create table orders (id int, old int, customer_id int);
        alter table orders drop old;
        create table customers (id int);
        alter table customers add constraint customers_pkey primary key (id);
        create type status as enum ('paid');
        alter type status add value 'open' before 'paid';
        alter table orders add status status, add constraint orders_pkey primary key (id);
        grant select on orders to authenticated;
        grant select on orders to anon;
        create policy q on orders using (false);
        create policy p on orders using (true);
        create index b on orders (customer_id);
        create index a on orders (status);
        drop table gone;
        alter table orders set (autovacuum_enabled = false);
        alter table orders set (fillfactor = 70);
        alter table orders add constraint orders_customer_id_fkey foreign key (customer_id) references customers;
        """)

    #expect(Difference(from: first, to: second).lines == ["No difference."])
    #expect(first.fingerprint == second.fingerprint)
  }

  @Test("does not depend on the settings of the session that reads it")
  func settings() async throws {
    try await withSchema(
      """
      create table t (
        at timestamptz default '2026-01-01 12:00+00', span interval default '1 day', ratio float8 default 0.1,
        bytes bytea default '\\x01'
      );
      """
    ) { schema in
      let first = try await schema.snapshot()
      try await schema.run(
        """
        set timezone = 'Asia/Tokyo';
        set datestyle = 'German';
        set intervalstyle = 'iso_8601';
        set extra_float_digits = -5;
        set bytea_output = 'escape';
        set quote_all_identifiers = on;
        set search_path = public;
        """)

      #expect(try await schema.snapshot().fingerprint == first.fingerprint)
    }
  }

  @Test("is written with its version, and read back")
  func text() throws {
    let hex = String(repeating: "0a", count: 32)
    let text = "\(Fingerprint.currentVersion):sha256:\(hex)"
    let fingerprint = try #require(Fingerprint(text))

    #expect(fingerprint.description == text)
    #expect(fingerprint.isCurrent)
    #expect(Fingerprint("1:sha256:\(hex)")?.isCurrent == false)
    #expect(Fingerprint("sha256:\(hex)") == nil)
    #expect(Fingerprint("1:sha256:0a") == nil)
    #expect(Fingerprint("0:sha256:\(hex)") == nil)
  }
}
