internal import CXapian
import Foundation
import SearchModel
import TestSupport
import Testing

@testable import EngineConformance
@testable import XapianEngine

/// Positions in a part whose blocks have no checksums.
@Suite struct PositionDamageTests {
  /// A list says itself how many there are, and could say billions in a few bytes.
  @Test func noMorePositionsThanADocumentCanHave() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/part"
    let word = Array("word".utf8)
    var batch = BatchBytes()
    batch.add(
      key: [1], size: 1, modified: 1, hash: [], data: [], booleanTerms: [],
      terms: [(word, Self.inText)], positions: [word: [1_000, 2_000_000, 0xffff_fff0]])
    try ShimWriter.writePlainly(batch, to: path)
    #expect(try ShimPart(path).matches(of: Self.phrase(word)).documents == [1])

    let file = URL(fileURLWithPath: path + "/position.glass")
    var bytes = try Data(contentsOf: file)
    // The last position, one more than it was given, which all else is in proportion to.
    let last = try #require(bytes.firstRange(of: [0xf1, 0xff, 0xff, 0xff, 0x0f] as [UInt8]))
    // The first is 0, and so many are between: a gigabyte.
    bytes.replaceSubrange(
      last.upperBound..<last.upperBound + 8, with: [0, 0, 0, 0, 0, 0, 0, 0x10] as [UInt8])
    try bytes.write(to: file)
    #expect {
      try ShimPart(path).matches(of: Self.phrase(word))
    } throws: {
      "\($0)".contains("positions that make no sense")
    }
  }

  private static let inText: UInt8 = 1 << 3

  /// The text has a row of this one word.
  private static func phrase(_ word: [UInt8]) -> [UInt8] {
    var plan: [UInt8] = [13, inText]
    plan.append(number: UInt32(0))
    plan.append(number: UInt32(1))
    plan.append(number: UInt32(word.count))
    plan += word
    plan.append(number: UInt32(1))
    plan += [2, inText]
    plan.append(number: Double(1).bitPattern)
    plan.append(number: UInt32(word.count))
    return plan + word
  }
}
