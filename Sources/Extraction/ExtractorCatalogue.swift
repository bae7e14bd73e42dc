/// The extractors of one program, in order of preference. The first that matches wins: put a user's
/// own before those that are shipped.
public struct ExtractorCatalogue: Sendable {
  public let extractors: [any RecordExtractor]

  private let byFileExtension: [String: Int]
  private let byMediaType: [String: Int]

  public init(_ extractors: [any RecordExtractor]) {
    self.extractors = extractors
    var byFileExtension: [String: Int] = [:]
    var byMediaType: [String: Int] = [:]
    for (index, extractor) in extractors.enumerated() {
      for key in extractor.matches.fileExtensions where byFileExtension[key] == nil {
        byFileExtension[key] = index
      }
      for key in extractor.matches.mediaTypes where byMediaType[key] == nil {
        byMediaType[key] = index
      }
    }
    self.byFileExtension = byFileExtension
    self.byMediaType = byMediaType
  }

  /// The extractor of a file: by its name's extension, else by its first bytes.
  ///
  /// - Returns: nil when no extractor reads such a file.
  /// - Throws: when the file's extension says nothing and its first bytes cannot be read.
  public func extractor(for file: LocalFile) async throws(ExtractionError)
    -> (any RecordExtractor)?
  {
    if let index = byFileExtension[file.fileExtension] { return extractors[index] }
    let mediaType = try await MediaType.sniffed(file)
    return mediaType.flatMap { byMediaType[$0] }.map { extractors[$0] }
  }

  /// Extracts with the extractor of the file.
  ///
  /// - Returns: nil when no extractor reads such a file.
  public func extract(file: LocalFile) async throws(ExtractionError) -> ExtractedContent? {
    if Task.isCancelled { throw .cancelled }
    return try await extractor(for: file)?.extract(file: file)
  }
}
