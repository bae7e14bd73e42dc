/// Cuts a stream of bytes at line feeds, however the bytes arrive. Holds at most one unfinished line.
public struct LineSplitter: Sendable {
  let limit: Int
  private var rest: [UInt8] = []

  /// - Parameter limit: the bytes of the longest line that is taken, the line feed not counted.
  public init(limit: Int) {
    self.limit = limit
  }

  /// - Returns: the lines that `bytes` completes, in order, without their line feeds. Empty lines
  ///   are left out: they may be sent to keep a connection alive.
  /// - Throws: ``JSONProblem/tooLong(byteCount:limit:)`` as soon as a line is too long.
  public mutating func append(_ bytes: some Collection<UInt8>) throws(JSONProblem) -> [[UInt8]] {
    var lines: [[UInt8]] = []
    var remaining = bytes[...]
    while let end = remaining.firstIndex(of: UInt8(ascii: "\n")) {
      try take(remaining[..<end])
      if !rest.isEmpty { lines.append(rest) }
      rest = []
      remaining = remaining[remaining.index(after: end)...]
    }
    try take(remaining)
    return lines
  }

  /// The last line if the stream ended without a line feed; nil if there is none.
  public mutating func finish() -> [UInt8]? {
    defer { rest = [] }
    return rest.isEmpty ? nil : rest
  }

  private mutating func take(_ bytes: some Collection<UInt8>) throws(JSONProblem) {
    let count = rest.count + bytes.count
    guard count <= limit else { throw .tooLong(byteCount: count, limit: limit) }
    rest.append(contentsOf: bytes)
  }
}
