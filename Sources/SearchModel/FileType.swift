/// Families of files that people tell apart, each by its usual extensions.
public enum FileType: String, Hashable, Sendable, Codable, CaseIterable {
  case document
  case spreadsheet
  case presentation
  case image
  case audio
  case video
  case archive
  case code
  case text

  /// Lower case, without a dot. An extension belongs to one family at most.
  public var fileExtensions: [String] {
    switch self {
    case .document:
      ["pdf", "doc", "docx", "odt", "rtf", "hwp", "hwpx", "ps", "epub", "mobi", "djvu", "pages"]
    case .spreadsheet: ["xls", "xlsx", "ods", "csv", "tsv", "numbers"]
    case .presentation: ["ppt", "pptx", "odp", "key"]
    case .image:
      [
        "jpg", "jpeg", "png", "gif", "webp", "svg", "bmp", "tif", "tiff", "heic", "avif", "ico",
        "psd", "raw", "cr2", "nef",
      ]
    case .audio: ["mp3", "flac", "ogg", "oga", "opus", "wav", "m4a", "aac", "wma", "aiff", "mid"]
    case .video: ["mp4", "mkv", "avi", "mov", "webm", "wmv", "mpg", "mpeg", "m4v", "flv"]
    case .archive:
      ["zip", "tar", "gz", "tgz", "bz2", "xz", "zst", "7z", "rar", "deb", "rpm", "iso", "jar"]
    case .code:
      [
        "swift", "c", "h", "cc", "cpp", "hpp", "m", "java", "kt", "py", "rb", "pl", "js", "ts",
        "go", "rs", "sh", "php", "cs", "scala", "sql", "css", "json", "xml", "yaml", "yml", "toml",
      ]
    case .text: ["txt", "md", "markdown", "html", "htm", "log", "rst", "tex", "org", "adoc"]
    }
  }

  private static let familyOfExtension: [String: FileType] = {
    var families: [String: FileType] = [:]
    for type in allCases {
      for fileExtension in type.fileExtensions { families[fileExtension] = type }
    }
    return families
  }()

  /// - Parameter fileExtension: lower case, without a dot.
  /// - Returns: nil for an extension of no family.
  public init?(fileExtension: String) {
    guard let type = Self.familyOfExtension[fileExtension] else { return nil }
    self = type
  }
}
