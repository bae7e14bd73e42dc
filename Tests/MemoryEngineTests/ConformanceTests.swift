import EngineConformance
import MemoryEngine
import Testing

@Suite("The memory engine is a full-text engine")
struct ConformanceTests {
  @Test(arguments: ConformanceCheck.all)
  func conforms(check: ConformanceCheck) async throws {
    try await check.run(EngineConformance { MemoryEngine() })
  }
}
