import Testing

@testable import Shadow

@Suite("The names of states")
struct StateChainTests {
  private let migrations = ShadowFixture.migrations("a", "b", "c")

  @Test("depend on every file before, on the profile and on the server's version")
  func names() {
    let chain = StateChain(serverVersion: "15.4", platform: Platform(.supabase), migrations: migrations).states
    let edited = StateChain(
      serverVersion: "15.4", platform: Platform(.supabase), migrations: ShadowFixture.migrations("a", "B", "c")
    ).states
    let plain = StateChain(serverVersion: "15.4", platform: Platform(.postgres), migrations: migrations).states
    let newer = StateChain(serverVersion: "15.5", platform: Platform(.supabase), migrations: migrations).states

    #expect(chain.count == 4)
    #expect(zip(chain, edited).map(==) == [true, true, false, false])
    #expect(Set(chain).isDisjoint(with: plain))
    #expect(Set(chain).isDisjoint(with: newer))
  }

  @Test(
    "are kept for the profile, for all migrations but the last, and for all",
    arguments: [(nil, [0, 2, 3]), (0, [2, 3]), (1, [2, 3]), (2, [3]), (3, [])] as [(Int?, [Int])])
  func milestones(start: Int?, expected: [Int]) {
    let chain = StateChain(serverVersion: "15.4", platform: Platform(.supabase), migrations: migrations)

    #expect(chain.milestones(after: start, isSettled: false) == expected)
  }

  @Test(
    "are kept for the profile and for all migrations where nobody edits one", arguments: [(nil, [0, 3]), (2, [3])])
  func settled(start: Int?, expected: [Int]) {
    let chain = StateChain(serverVersion: "15.4", platform: Platform(.supabase), migrations: migrations)

    #expect(chain.milestones(after: start, isSettled: true) == expected)
  }

  @Test("of a single migration are that and the profile's")
  func short() {
    let one = StateChain(
      serverVersion: "15.4", platform: Platform(.postgres), migrations: ShadowFixture.migrations("a"))
    let none = StateChain(serverVersion: "15.4", platform: Platform(.postgres), migrations: [])

    #expect(one.milestones(after: nil, isSettled: false) == [0, 1])
    #expect(none.milestones(after: nil, isSettled: false) == [0])
  }

  @Test("say whose a draft or a shadow is")
  func owners() {
    #expect(DatabaseName(draft: 3, of: 42).owner == 42)
    #expect(DatabaseName(shadow: 3, of: 42).owner == 42)
    #expect(DatabaseName(rawValue: "postgres").owner == nil)
    #expect(StateChain(serverVersion: "1", platform: Platform(.postgres), migrations: []).states[0].owner == nil)
  }
}
