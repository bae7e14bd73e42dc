import Foundation

/// Reads a text file line by line, holding one block and one line in memory at a time.
///
/// A line ends with LF or CRLF, neither of which is part of it; the last line needs none. A
/// byte-order mark at the very beginning is dropped. Names that end in `.gz` are decompressed on
/// the way.
final class LineReader {
  /// One line must fit in memory several times over; a longer one is a broken file.
  static let maximumLineByteCount = 64 << 20

  private static let blockByteCount = 256 << 10

  let path: String

  /// The number of the line that ``next()`` gave last, counted from 1; 0 before the first.
  private(set) var lineNumber = 0

  private let source: any ByteSource
  private var block = Data()
  private var position = 0
  private var isAtEnd = false

  /// - Throws: ``EvaluationError/missing(path:expected:)``, `inputOutput` or `missingProgram`.
  convenience init(path: String) throws {
    let source: any ByteSource =
      path.hasSuffix(".gz") ? try GzipSource(path: path) : try FileSource(path: path)
    self.init(path: path, source: source)
  }

  init(path: String, source: any ByteSource) {
    self.path = path
    self.source = source
  }

  /// - Returns: the next line's bytes, nil behind the last.
  /// - Throws: `malformedLine` for a line over the limit, and whatever stops the file from being
  ///   read to its end: `inputOutput`, `damagedArchive`, `missingProgram`.
  func next() throws -> Data? {
    var line = Data()
    while true {
      if position == block.count {
        guard try fill() else { break }
      }
      if let newline = nextNewline() {
        line.append(block[position..<newline])
        position = newline + 1
        lineNumber += 1
        return try finished(line)
      }
      line.append(block[position...])
      position = block.count
      if line.count > Self.maximumLineByteCount { break }
    }
    guard !line.isEmpty else { return nil }
    lineNumber += 1
    return try finished(line)
  }

  /// - Returns: the next line as text, nil behind the last.
  /// - Throws: as ``next()``, and `malformedLine` for bytes that are not UTF-8.
  func nextText() throws -> String? {
    guard let line = try next() else { return nil }
    guard let text = String(validating: line, as: UTF8.self) else {
      throw malformed("the line is not UTF-8", expected: "text in UTF-8")
    }
    return text
  }

  /// An error that points at the line that was read last.
  func malformed(_ problem: String, expected: String) -> EvaluationError {
    .malformedLine(path: path, line: lineNumber, problem: problem, expected: expected)
  }

  /// Where the line at ``position`` ends, if it does within the block. `memchr`, because a search
  /// byte by byte was a quarter of the time of reading a corpus.
  private func nextNewline() -> Int? {
    block.withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress,
        let found = memchr(
          start + position, CInt(UInt8(ascii: "\n")), bytes.count - position)
      else { return nil }
      return UnsafeRawPointer(found) - start
    }
  }

  private func fill() throws -> Bool {
    guard !isAtEnd else { return false }
    // A fresh value each time: slices of `Data` keep their indices, and these start at 0.
    block = Data(try source.read(upTo: Self.blockByteCount))
    position = 0
    isAtEnd = block.isEmpty
    return !isAtEnd
  }

  private func finished(_ line: Data) throws -> Data {
    guard line.count <= Self.maximumLineByteCount else {
      throw malformed(
        "the line is longer than \(Self.maximumLineByteCount) bytes",
        expected: "one record, query or judgment a line")
    }
    var line = line[...]
    if line.last == UInt8(ascii: "\r") { line = line.dropLast() }
    if lineNumber == 1, line.starts(with: [0xEF, 0xBB, 0xBF]) { line = line.dropFirst(3) }
    return line
  }
}

/// Where a ``LineReader`` has its bytes from.
protocol ByteSource {
  /// - Returns: at most `byteCount` bytes; none at the end, and only there.
  func read(upTo byteCount: Int) throws -> Data
}

/// A file as it stands on the disk.
struct FileSource: ByteSource {
  private let path: String
  private let handle: FileHandle

  init(path: String) throws {
    self.path = path
    self.handle = try openForReading(path)
  }

  func read(upTo byteCount: Int) throws -> Data {
    do {
      return try handle.read(upToCount: byteCount) ?? Data()
    } catch {
      throw EvaluationError.inputOutput(path: path, reason: error.localizedDescription)
    }
  }
}

/// - Throws: ``EvaluationError/missing(path:expected:)`` or `inputOutput`.
func openForReading(_ path: String) throws -> FileHandle {
  var isFolder: ObjCBool = false
  guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
    throw EvaluationError.missing(path: path, expected: "a readable file")
  }
  guard !isFolder.boolValue else {
    throw EvaluationError.inputOutput(path: path, reason: "This is a folder, not a file.")
  }
  do {
    return try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
  } catch {
    throw EvaluationError.inputOutput(path: path, reason: error.localizedDescription)
  }
}
