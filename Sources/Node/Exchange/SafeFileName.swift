/// Makes a name that somebody else gave to a file one that does no harm here.
public enum SafeFileName {
  /// What all common file systems hold.
  public static let longestByteCount = 255

  /// The name with `_` for what a name cannot hold (slashes, NUL), for what would mislead whoever
  /// reads it (control and invisible characters, marks that turn the writing direction), and for a
  /// leading dot, with which a file would be hidden and might be read as settings by a program. Too
  /// long a name is cut in front of its extension. Never empty.
  public static func make(of filename: String) -> String {
    var scalars = String.UnicodeScalarView()
    for scalar in filename.unicodeScalars { scalars.append(isSafe(scalar) ? scalar : "_") }
    var name = String(scalars)
    if name.hasPrefix(".") { name = "_" + name.dropFirst() }
    if name.allSatisfy({ $0 == " " }) { name = "_" }
    return shortened(name)
  }

  private static func isSafe(_ scalar: Unicode.Scalar) -> Bool {
    if scalar == "/" { return false }
    // The joiners that some scripts and emoji are written with.
    if scalar.value == 0x200C || scalar.value == 0x200D { return true }
    return switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned,
      .privateUse:
      false
    default: !scalar.properties.isNoncharacterCodePoint
    }
  }

  private static func shortened(_ name: String) -> String {
    guard name.utf8.count > longestByteCount else { return name }
    var end = ""
    if let dot = name.lastIndex(of: "."), name[dot...].utf8.count <= 32 { end = String(name[dot...]) }
    var start = ""
    var count = end.utf8.count
    for character in name {
      count += character.utf8.count
      guard count <= longestByteCount else { break }
      start.append(character)
    }
    // One character may be longer than any name.
    return start.isEmpty ? "_" + end : start + end
  }
}
