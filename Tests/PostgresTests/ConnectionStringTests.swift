import Postgres
import Testing

@Suite("Connection strings")
struct ConnectionStringTests {
  @Test(
    "URLs and pairs are read",
    arguments: [
      "postgresql://app:s3cr3t@db.example.com:6543/shop?sslmode=require",
      "host=db.example.com port=6543 dbname=shop user=app password=s3cr3t sslmode=require",
    ])
  func parse(text: String) throws {
    let target = try ConnectionString(text)

    #expect(target.host == "db.example.com")
    #expect(target.port == "6543")
    #expect(target.database == "shop")
    #expect(target.user == "app")
    #expect(target.hasPassword)
    #expect(target.description == "postgresql://app@db.example.com:6543/shop?sslmode=require")
  }

  @Test(
    "what is printed can be read again",
    arguments: [
      "postgresql://app@[::1]:5432/app",
      "postgresql:///app?host=%2Fvar%2Frun%2Fpostgresql&port=5433",
      "host='/tmp/with space' dbname='a b&c' user='x@y:z' options='-c a=b'",
      "postgresql:///",
    ])
  func description(text: String) throws {
    let target = try ConnectionString(text)

    #expect(try ConnectionString(target.description) == target)
  }

  @Test("no way of printing prints the password")
  func redaction() throws {
    let target = try ConnectionString("postgresql://app:s3cr3t@host/app?sslpassword=t0ps3cr3t").with("port", "1")

    var dumped = ""
    dump(target, to: &dumped)
    for text in [target.description, target.debugDescription, "\(target)", String(reflecting: target), dumped] {
      #expect(!text.contains("s3cr3t"))
      #expect(text.contains("app@host"))
    }
  }

  @Test(
    "a string that cannot be read is refused without repeating what may be a secret",
    arguments: [
      "postgresql://app:s3cr3t@host/app?a=1?b=2", "postgresql://app:s3cr3t%zz@host/app", "password=x s3cr3t",
      "postgresql://app:pa\"s3cr3t\"x@[host/app", "postgresql://host/app?s3cr3t=1", "host=a password='s3cr3t",
    ])
  func refusal(text: String) throws {
    let error = #expect(throws: PostgresError.self) { try ConnectionString(text) }

    #expect(error?.code == .invalidConnectionString)
    #expect(error?.description.contains("s3cr3t") == false)
    #expect(error?.message.contains("postgresql://user@host:5432/database") == true)
  }

  @Test("a misspelt option is named as it should be")
  func misspelt() throws {
    let error = #expect(throws: PostgresError.self) { try ConnectionString("host=a sslmod=require") }

    #expect(error?.message.contains("did you mean sslmode?") == true)
  }

  @Test("a changed copy differs in that alone")
  func with() throws {
    let target = try ConnectionString("postgresql://app:s3cr3t@host/app")

    #expect(target.with(database: "other").description == "postgresql://app@host/other")
    #expect(target.with(user: "root").description == "postgresql://root@host/app")
    #expect(target.with(password: nil).hasPassword == false)
    #expect(target.with("sslmode", "require").description == "postgresql://app@host/app?sslmode=require")
    #expect(target.with(database: "app") == target)
  }
}
