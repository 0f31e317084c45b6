import Foundation
import Testing

@testable import Lint

@Suite("Each rule's own examples")
struct RuleExamplesTests {
  /// As without a file, but that a rule which is off is on, and one that is for another profile sees that.
  private func configuration(for rule: any Rule, _ example: RuleExample) -> LintConfiguration {
    let profiles = rule.about.profiles
    var configuration = LintConfiguration(profile: profiles.contains(.supabase) ? .supabase : .postgres)
    if rule.about.severity == .off { configuration.severities[rule.about.name] = .advice }
    configuration.namePatterns = example.namePatterns
    if let schemas = example.apiSchemas { configuration.apiSchemas = schemas }
    return configuration
  }

  @Test("the bad example is flagged", arguments: Rules.names)
  func bad(_ name: String) async throws {
    let rule = try #require(Rules.named(name))

    let report = await Linter(configuration(for: rule, rule.about.bad)).lint(rule.about.bad.input)

    let findings = report.of(rule.about.name)
    #expect(!findings.isEmpty)
    for finding in findings {
      #expect(finding.severity == max(rule.about.severity, .advice))
      #expect(rule.about.evidence.contains(finding.evidence))
      #expect(!finding.message.hasSuffix("."))
    }
  }

  @Test("the good example is not flagged", arguments: Rules.names)
  func good(_ name: String) async throws {
    let rule = try #require(Rules.named(name))

    let report = await Linter(configuration(for: rule, rule.about.good)).lint(rule.about.good.input)

    #expect(report.of(rule.about.name).isEmpty)
  }

  @Test("a mechanical fix removes the finding and leaves SQL that parses", arguments: Rules.names)
  func fix(_ name: String) async throws {
    let rule = try #require(Rules.named(name))
    let input = rule.about.bad.input
    let configuration = configuration(for: rule, rule.about.bad)
    let findings = await Linter(configuration).lint(input).of(rule.about.name)
    guard findings.contains(where: { $0.fix?.isMechanical == true }) else { return }

    let outcome = await Fixer(configuration, now: Date(timeIntervalSince1970: 1_800_000_000)).fix(input)

    #expect(outcome.fixed.contains { $0.rule == rule.about.name })
    #expect(outcome.report.of(rule.about.name).isEmpty)
    #expect(outcome.report.of("syntax-error").isEmpty)
  }

  @Test("the list is in order and no name is there twice")
  func order() {
    #expect(Rules.names == Rules.names.sorted())
    #expect(Set(Rules.names).count == Rules.names.count)
  }
}
