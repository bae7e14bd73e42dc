import EngineConformance
import Foundation
import SearchModel
import Testing

@testable import XapianEngine

@Suite("The Xapian engine is a full-text engine")
struct ConformanceTests {
  @Test(arguments: ConformanceCheck.all)
  func conforms(check: ConformanceCheck) async throws {
    let folder = try TemporaryFolder()
    try await check.run(
      EngineConformance {
        try XapianEngine(directory: folder.path + "/" + UUID().uuidString, access: .writing)
      })
    withExtendedLifetime(folder) {}
  }
}
