import SearchModel

/// Reads the packed form that ``RecordAnalyzer/append(_:to:)`` writes. Bytes that are not of that
/// form end the sequence.
public struct PackedTerms: Sequence, IteratorProtocol {
  public struct Term: Hashable, Sendable {
    public var text: String
    public var occurrences: FieldOccurrences
    public var positions: [Int]
  }

  private let bytes: [UInt8]
  private var offset = 0

  public init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  public mutating func next() -> Term? {
    guard offset < bytes.count else { return nil }
    let textStart = offset + 1
    let textEnd = textStart + Int(bytes[offset])
    guard textEnd + 3 <= bytes.count else { return nil }
    let positionCount = Int(bytes[textEnd + 1]) | Int(bytes[textEnd + 2]) << 8
    let end = textEnd + 3 + 4 * positionCount
    guard end <= bytes.count else { return nil }
    offset = end
    return Term(
      text: String(decoding: bytes[textStart..<textEnd], as: UTF8.self),
      occurrences: FieldOccurrences(rawValue: bytes[textEnd]),
      positions: stride(from: textEnd + 3, to: end, by: 4).map { start in
        (0..<4).reduce(0) { $0 | Int(bytes[start + $1]) << (8 * $1) }
      })
  }

  static func append(
    _ table: TermTable, textTokens: [Int32], to buffer: inout [UInt8]
  ) -> AnalyzedSize {
    var length = 0
    // Where the next position of each entry goes.
    var cursors: [Int] = []
    if !textTokens.isEmpty { cursors.reserveCapacity(table.entries.count) }
    for entry in table.entries {
      length += Int(entry.occurrences.rawValue)
      buffer.append(UInt8(entry.count))
      buffer.append(contentsOf: table.arena[entry.start..<entry.start + entry.count])
      buffer.append(entry.occurrences.rawValue)
      let count = UInt16(clamping: entry.positionCount)
      buffer.append(UInt8(truncatingIfNeeded: count))
      buffer.append(UInt8(truncatingIfNeeded: count >> 8))
      guard !textTokens.isEmpty else { continue }
      cursors.append(buffer.count)
      buffer.append(contentsOf: repeatElement(0, count: 4 * Int(count)))
    }
    // No term has more positions than a text has tokens, so the clamping above lost nothing.
    for (position, entry) in textTokens.enumerated() {
      let cursor = cursors[Int(entry)]
      cursors[Int(entry)] = cursor + 4
      for byte in 0..<4 {
        buffer[cursor + byte] = UInt8(truncatingIfNeeded: position >> (8 * byte))
      }
    }
    return AnalyzedSize(termCount: table.entries.count, length: length)
  }
}
