import SearchModel

extension Filter {
  /// Whether the record meets the condition: the one definition of every filter, which engines
  /// that store columns must agree with.
  public func matches(_ record: Record) -> Bool {
    switch self {
    case .fileExtension(let typed):
      FilterValues.fileExtension(ofName: record.filename)
        == FilterValues.foldedExtension(typed)
    case .type(let type):
      FileType(fileExtension: FilterValues.fileExtension(ofName: record.filename)) == type
    case .folder(let typed):
      FilterValues.folder(record.directory, isOrLiesBelow: typed)
    case .owner(let typed):
      FilterValues.folded(record.owner.userID) == FilterValues.folded(typed)
    case .size(let minimum, let maximum):
      Self.lies(record.size, minimum, maximum)
    case .modified(let earliest, let latest):
      Self.lies(record.modified, earliest, latest)
    case .contentHash(let hash):
      record.contentHash == hash
    }
  }

  private static func lies(_ value: Int64, _ minimum: Int64?, _ maximum: Int64?) -> Bool {
    value >= minimum ?? .min && value <= maximum ?? .max
  }
}

/// The values by which filters compare, for engines that index or store them.
public enum FilterValues {
  /// The extension of a file name without its dot, in NFC and without case; empty where there is
  /// none: no dot, a dot at the very end, or none but the first character's (`.profile`).
  public static func fileExtension(ofName filename: String) -> String {
    TextNormalization.withComposedUTF8(filename) { bytes in
      let stemEnd = FileNameParts(bytes).stemEnd
      guard stemEnd < bytes.count else { return "" }
      var folded: [UInt8] = []
      TextNormalization.appendFolded(
        UnsafeBufferPointer(rebasing: bytes[(stemEnd + 1)...]), to: &folded)
      return String(decoding: folded, as: UTF8.self)
    }
  }

  /// An extension as typed, with or without its dot, in the form of ``fileExtension(ofName:)``.
  public static func foldedExtension(_ typed: String) -> String {
    folded(typed.hasPrefix(".") ? String(typed.dropFirst()) : typed)
  }

  /// Any text in NFC and without case: how owners and folders compare.
  public static func folded(_ text: String) -> String { TextNormalization.folded(text) }

  /// The components of a folder, in NFC and without case; no empty ones.
  public static func folderComponents(_ folder: String) -> [Substring] {
    folded(folder).split(separator: "/")
  }

  /// Whether the components of `typed` stand in a row somewhere in `directory`: then the record's
  /// folder is that one or lies below it. A folder without components holds everything.
  public static func folder(_ directory: String, isOrLiesBelow typed: String) -> Bool {
    let sought = folderComponents(typed)
    let components = folderComponents(directory)
    guard !sought.isEmpty else { return true }
    guard components.count >= sought.count else { return false }
    return (0...components.count - sought.count).contains { start in
      components[start..<start + sought.count].elementsEqual(sought)
    }
  }
}
