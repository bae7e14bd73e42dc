import SearchModel
import XapianEngine

/// The only place where engines, stores and extractors are chosen and put together.
enum Composition {
  /// The index for searching; others may write it meanwhile.
  static func engineForReading(
    _ directory: DataDirectory
  ) async throws(EngineError) -> any FullTextEngine {
    try await XapianEngine(directory: directory.indexPath, access: .reading)
  }

  /// An index of its own, made where there is none.
  static func engineForWriting(at path: String) async throws(EngineError) -> any FullTextEngine {
    try await XapianEngine(directory: path, access: .writing)
  }
}
