import Foundation

/// A JSON object of a manifest, read field by field with errors that name the place.
struct ManifestObject {
  private let fields: [String: Any]
  private let path: String
  private let prefix: String

  init(json: Data, path: String) throws(PluginManifestError) {
    let value = try? JSONSerialization.jsonObject(with: json)
    guard let fields = value as? [String: Any] else {
      throw PluginManifestError(path: path, field: nil, expected: "a JSON object")
    }
    self.init(fields: fields, path: path, prefix: "")
  }

  private init(fields: [String: Any], path: String, prefix: String) {
    self.fields = fields
    self.path = path
    self.prefix = prefix
  }

  func has(_ field: String) -> Bool { fields[field] != nil }

  /// Not empty and without control characters.
  func text(
    _ field: String, expected: String, where isValid: (String) -> Bool
  ) throws(PluginManifestError) -> String {
    guard let text = fields[field] as? String, Self.isPlain(text), isValid(text) else {
      throw error(field, expected)
    }
    return text
  }

  /// A list of texts, or one text that stands for a list of it.
  func texts(
    _ field: String, expected: String, absent: [String]? = nil
  ) throws(PluginManifestError) -> [String] {
    if fields[field] == nil, let absent { return absent }
    let texts = (fields[field] as? String).map { [$0] } ?? fields[field] as? [String]
    guard let texts, texts.allSatisfy(Self.isPlain), !texts.isEmpty || absent != nil else {
      throw error(field, expected)
    }
    return texts
  }

  func number(
    _ field: String, within range: ClosedRange<Double>, expected: String, absent: Double? = nil
  ) throws(PluginManifestError) -> Double {
    if fields[field] == nil, let absent { return absent }
    // `true` is a number to Foundation, and not to people: its type is that of a C character.
    guard let number = fields[field] as? NSNumber, number.objCType.pointee != CChar(0x63),
      range.contains(number.doubleValue)
    else { throw error(field, expected) }
    return number.doubleValue
  }

  func object(_ field: String) throws(PluginManifestError) -> ManifestObject {
    guard let fields = fields[field] as? [String: Any] else {
      throw error(field, "a JSON object")
    }
    return ManifestObject(fields: fields, path: path, prefix: prefix + field + ".")
  }

  /// Empty where the field is absent.
  func objects(_ field: String) throws(PluginManifestError) -> [ManifestObject] {
    guard let value = fields[field] else { return [] }
    guard let list = value as? [[String: Any]] else {
      throw error(field, "a list of JSON objects")
    }
    return list.map { ManifestObject(fields: $0, path: path, prefix: prefix + field + ".") }
  }

  func check(
    _ field: String, expected: String, _ isValid: () -> Bool
  ) throws(PluginManifestError) {
    if !isValid() { throw error(field, expected) }
  }

  private func error(_ field: String, _ expected: String) -> PluginManifestError {
    PluginManifestError(path: path, field: prefix + field, expected: expected)
  }

  private static func isPlain(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
  }
}
