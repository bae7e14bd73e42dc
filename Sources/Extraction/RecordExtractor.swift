/// The seam between a file and what can be searched in it: reads one family of files.
///
/// An implementation is handed to an ``ExtractorCatalogue`` explicitly. It may be called from many
/// tasks at once, keeps nothing between calls and never changes the file. Every implementation
/// passes the same conformance suite.
public protocol RecordExtractor: Sendable {
  /// What people call it in messages: short, lower case, unique within a catalogue.
  var name: String { get }

  /// The files that it reads.
  var matches: FileMatch { get }

  /// Reads the file's title, keywords and text.
  ///
  /// The effort is bounded whatever the file holds: a huge file gives the content of its
  /// beginning, a hostile one an error. No error concerns anything but this file's content.
  ///
  /// - Returns: empty content for an empty file and for one that says nothing about itself.
  /// - Throws: an ``ExtractionError`` that says what happened; ``ExtractionError/cancelled`` when
  ///   the calling task was cancelled.
  func extract(file: LocalFile) async throws(ExtractionError) -> ExtractedContent
}

/// Which files an extractor reads: by the name's extension or by what the first bytes show.
public struct FileMatch: Hashable, Sendable {
  /// Lower case, without a dot.
  public var fileExtensions: Set<String>

  /// Lower case, as ``MediaType`` names them.
  public var mediaTypes: Set<String>

  public init(fileExtensions: Set<String>, mediaTypes: Set<String>) {
    self.fileExtensions = fileExtensions
    self.mediaTypes = mediaTypes
  }
}
