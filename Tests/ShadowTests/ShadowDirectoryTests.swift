import Shadow
import SystemPackage
import Testing

@Suite("Where a shadow lives")
struct ShadowDirectoryTests {
  @Test("a folder that is asked for is used")
  func path() {
    #expect(ShadowDirectory.path("/srv/shadow").resolved(state: "/var/lib/penstock", size: 1) == "/srv/shadow")
  }

  @Test("automatic means below the state folder when memory is short")
  func shortOfMemory() {
    let directory = ShadowDirectory.automatic.resolved(state: "/var/lib/penstock", size: 1 << 50)

    #expect(directory == "/var/lib/penstock/shadow")
  }
}
