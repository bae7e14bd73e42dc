import Foundation

/// How every `--json` document is written: members in alphabetical order, indented, one line break
/// at the end, so that two equal documents are equal bytes.
enum JSONDocument {
  static func text(of document: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return escaped(String(decoding: try encoder.encode(document), as: UTF8.self)) + "\n"
  }

  /// The document on one line, for a stream of them.
  static func line(of document: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return escaped(String(decoding: try encoder.encode(document), as: UTF8.self)) + "\n"
  }

  /// Writes the scalars that could drive or confuse a terminal as `\uXXXX`, which means the same
  /// to every JSON reader. They only occur inside strings, where the encoder leaves all but the
  /// first 32 as they are.
  static func escaped(_ json: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in json.unicodeScalars {
      if scalar == "\n" || TerminalText.isSafe(scalar) {
        result.append(scalar)
      } else {
        for unit in String(scalar).utf16 {
          let digits = String(unit, radix: 16)
          let padding = String(repeating: "0", count: 4 - digits.count)
          result.append(contentsOf: "\\u\(padding)\(digits)".unicodeScalars)
        }
      }
    }
    return String(result)
  }
}
