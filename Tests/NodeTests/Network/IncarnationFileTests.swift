import Foundation
import Testing

@testable import Node

@Suite struct IncarnationFileTests {
  @Test func everyStartHasAGreaterNumber() throws {
    let folder = try TemporaryFolder()
    let file = IncarnationFile(path: folder.path + "/incarnation")
    #expect(try file.next() == 1)
    #expect(try file.next() == 2)
    try file.store(40)
    #expect(try file.next() == 41)
  }

  @Test(arguments: ["", "nonsense", "-7", "99999999999999999999999999"])
  func aDamagedFileBeginsAnew(_ content: String) throws {
    let folder = try TemporaryFolder()
    try Data(content.utf8).write(to: URL(fileURLWithPath: folder.path + "/incarnation"))
    #expect(try IncarnationFile(path: folder.path + "/incarnation").next() >= 1)
  }
}
