import Crypto
import Foundation
import SearchModel
import TestSupport
import Testing

@testable import Node

@Suite struct PiecesRootTests {
  /// All leaves at once, then level by level: nothing shared with the code under test.
  private func dumbRoot(_ bytes: [UInt8]) -> [UInt8] {
    let block = 16384
    var level = stride(from: 0, to: max(bytes.count, 1), by: block).map { start in
      Array(SHA256.hash(data: bytes[start..<min(start + block, bytes.count)]))
    }
    var leafCount = 1
    while leafCount < level.count { leafCount *= 2 }
    while level.count < leafCount { level.append([UInt8](repeating: 0, count: 32)) }
    while level.count > 1 {
      level = stride(from: 0, to: level.count, by: 2).map {
        Array(SHA256.hash(data: level[$0] + level[$0 + 1]))
      }
    }
    return level[0]
  }

  private func root(_ bytes: [UInt8]) -> ContentHash {
    var tree = PiecesRoot()
    bytes.withUnsafeBytes { buffer in
      for start in stride(from: 0, to: buffer.count, by: PiecesRoot.blockByteCount) {
        let end = min(start + PiecesRoot.blockByteCount, buffer.count)
        tree.add(UnsafeRawBufferPointer(rebasing: buffer[start..<end]))
      }
    }
    return tree.finished()
  }

  @Test(arguments: [0, 1, 16383, 16384, 16385, 32768, 32769, 49152, 65536, 65537, 500_001])
  func theTreeIsTheOneThatIsBuiltLevelByLevel(count: Int) {
    var generator = SeededGenerator(seed: UInt64(count))
    let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    #expect(root(bytes).bytes == dumbRoot(bytes))
  }

  @Test func everyNumberOfBlocksUpToTwenty() {
    for blocks in 1...20 {
      let bytes = [UInt8](repeating: UInt8(blocks), count: blocks * 16384 - 7)
      #expect(root(bytes).bytes == dumbRoot(bytes), "\(blocks) blocks")
    }
  }

  /// Computed with Python's hashlib, following the text of BEP 52.
  @Test func independentVectors() {
    #expect(root([]).hexadecimal == sha256(""))
    #expect(root(Array("abc".utf8)).hexadecimal == sha256("abc"))
    #expect(
      root([UInt8](repeating: 0, count: 40000)).hexadecimal
        == "c222145b40178f84605e5c7bf86515e2c69ce4d02ef587e4b35d5060542f27b3")
    let counting = (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }
    #expect(
      root(counting).hexadecimal
        == "47ef7178c4aa458963d46add44d36bd3524640c248fcd08a448096f1ad43fe6c")
  }
}
