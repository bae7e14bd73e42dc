import Exchange
import Foundation
import SearchModel
import TestSupport
import Testing

@testable import Node
@testable import Protocol

/// How much a node gives at once, and of how many copies.
@Suite struct FileServiceBoundsTests {
  @Test func oneAnswerIsNoWholeLongFile() async throws {
    let trial = try FileTrial()
    let giver = try await trial.giver("desk")
    let wish = try await giver.share([1, 2, 3], as: "a.bin")
    let most = Int64(FetchLimits().longestRun) * Int64(PieceLayout.standardPieceByteCount)
    for (count, isTooMuch) in [(most, false), (most + 1, true)] {
      let answer = try await trial.ask(FilePaths.bytes(0..<count, of: wish.hash), of: giver)
      guard case .failure(let problem) = answer else {
        Issue.record("\(count) bytes of a file of 3")
        continue
      }
      #expect(problem.detail.contains("at once") == isTooMuch, "\(problem.detail)")
    }
  }

  @Test(arguments: [(nil, 262_144), (1e6, 262_144), (20_000, 20_000), (1000, 1000)])
  func noPortionTakesMoreThanASecond(rate: Double?, byteCount: Int) {
    var limits = UploadLimits()
    limits.bytesPerSecond = rate
    #expect(UploadTurns(limits).chunkByteCount == byteCount)
  }

  @Test func hiddenCopiesTakeNoPlaceFromOneThatMayBeHad() async throws {
    let trial = try FileTrial()
    let giver = try await trial.giver("desk")
    let hidden = try TemporaryFolder()
    for number in 0...Catalog.mostCopies { try hidden.write("the same", to: "\(number).txt") }
    _ = try await giver.workshop.session.index([hidden.bytes])
    try giver.workshop.catalog.setVisibility(.users([]), of: hidden.bytes)
    let wish = try await giver.share(Array("the same".utf8), as: "a.txt")
    let answer = try await trial.ask(FilePaths.bytes(0..<8, of: wish.hash), of: giver)
    #expect(try answer.get() == Array("the same".utf8))
  }

  @Test func hashesOfPiecesAreForgottenWithTheirContent() async throws {
    let trial = try FileTrial()
    let giver = try await trial.giver("desk")
    let bytes = PieceHashesTests.Sample(byteCount: 2_200_000, seed: 1).bytes
    let wish = try await giver.share(bytes, as: "a.bin")
    _ = try await giver.share([1], as: "b.bin")
    let catalog = giver.workshop.catalog
    // As of a file that could not be read.
    try catalog.write { try $0.execute(sql: "UPDATE contents SET hash = NULL WHERE size = 1") }
    #expect(try catalog.pieceHashes(of: wish.hash) != nil)
    try giver.workshop.shared.remove("a.bin")
    try await giver.workshop.index()
    try catalog.forgetUnusedContents()
    #expect(try catalog.pieceHashes(of: wish.hash) == nil)
  }
}
