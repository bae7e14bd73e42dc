import EngineConformance
import Foundation
import SearchModel
import Testing
import XapianEngine

@Suite("The Xapian engine is a full-text engine")
struct ConformanceTests {
  @Test(arguments: ConformanceCheck.all)
  func conforms(check: ConformanceCheck) async throws {
    let folder = try TemporaryFolder()
    try await check.run(
      EngineConformance(reopen: { engine in
        let engine = try #require(engine as? XapianEngine)
        await engine.close()
        return try XapianEngine(directory: engine.directory, access: .writing)
      }) {
        try XapianEngine(directory: folder.path + "/" + UUID().uuidString, access: .writing)
      })
    withExtendedLifetime(folder) {}
  }
}
