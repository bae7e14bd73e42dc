import Foundation
import SearchModel
import TestSupport
import Testing

@testable import NearfindCommands

/// Which folders are shared with whom, through the built program.
@Suite struct ShareCommandTests {
  let sandbox: Sandbox

  init() throws {
    sandbox = try Sandbox()
    try sandbox.write("milestones", to: "open/plan.txt")
    try sandbox.write("balances", to: "closed/accounts.txt")
  }

  private func shares() async throws -> [ShareListDocument.Share] {
    let outcome = try await sandbox.run("share", "list", "--json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    return try JSONDecoder().decode(ShareListDocument.self, from: Data(outcome.output.utf8)).shares
  }

  @Test func sharesAreAddedChangedListedAndRemoved() async throws {
    #expect(try await shares() == [])
    #expect(try await sandbox.run("index", "open").status == 0)
    let added = try await sandbox.run("share", "add", "closed", "--visible", "Bob,ann")
    #expect(added.status == 0, "\(added)")
    var found = try await shares()
    #expect(found.map(\.name) == ["closed", "open"])
    #expect(found.map(\.visibility) == ["users", "everyone"])
    #expect(found.map(\.users) == [["ann", "bob"], nil])
    // One's own searches find all.
    #expect(try await sandbox.run("search", "--strict", "balances").status == 0)
    // To read a folder again changes nothing for others.
    #expect(try await sandbox.run("index", "closed").status == 0)
    #expect(try await sandbox.run("share", "set", "open", "--visible", "band").status == 0)
    #expect(try await sandbox.run("share", "add", "closed", "--visible", "user:").status == 0)
    found = try await shares()
    #expect(found.map(\.visibility) == ["users", "band"])
    #expect(found.first?.users == [])
    let text = try await sandbox.run("share", "list").output
    #expect(text.contains("visible to nobody but you") && text.contains("this machine's band"))
    #expect(try await sandbox.run("share", "remove", "closed").status == 0)
    #expect(try await shares().map(\.name) == ["open"])
    #expect(try await sandbox.run("search", "--strict", "balances").status == 1)
  }

  @Test func wrongUseIsToldAsSuch() async throws {
    #expect(try await sandbox.run("share", "set", "open", "--visible", "band").status == 2)
    #expect(try await sandbox.run("share", "add", "open").status == 0)
    for wrong in [
      ["share", "add", "open", "--visible", "ann,,bob"], ["share", "set", "open"],
      ["share", "set", "closed", "--visible", "band"], ["share", "add"],
      ["share", "add", "open/plan.txt"], ["share", "add", "missing", "--visible", "band"],
      ["share", "remove", "closed"], ["index", "--visible", "band"],
    ] {
      let outcome = try await sandbox.run(wrong)
      #expect(outcome.status == 2, "\(wrong): \(outcome)")
      #expect(!outcome.errors.isEmpty, "\(wrong)")
    }
    // One share inside another would have two visibilities.
    try sandbox.write("inner", to: "open/inner/file.txt")
    let inner = try await sandbox.run("share", "add", "open/inner", "--visible", "user:")
    #expect(inner.status == 2 && inner.errors.contains("one lies inside the other"), "\(inner)")
    #expect(try await shares().map(\.visibility) == ["everyone"])
  }
}
