import Extraction
import Foundation
import Node
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

  static func catalogForReading(_ directory: DataDirectory) throws(CatalogError) -> Catalog {
    try Catalog(folder: directory.path, access: .reading)
  }

  /// A user's plug-ins before the built-in extractors, those before the plug-ins that are shipped.
  static func extractors(_ environment: [String: String]) async -> ExtractorSetup {
    ExtractorSetup(
      userFolder: DataDirectory.plugIns(environment: environment),
      confinement: await Confinement.probe())
  }

  /// The catalog, the index and the extractors, for bringing the index in line with folders.
  ///
  /// The catalog is opened first: its lock keeps every other writer away from the index as well, so
  /// an index that has to be built anew can be removed.
  ///
  /// - Parameters:
  ///   - isRebuilding: whether the index is built anew from the catalog.
  ///   - say: is told when an index that cannot be used is built anew without being asked to.
  /// - Throws: ``Node/CatalogError``, ``SearchModel/EngineError``, ``CommandFailure``.
  static func indexingSession(
    _ directory: DataDirectory, options: IndexingSession.Options, isRebuilding: Bool,
    environment: [String: String], say: (String) -> Void
  ) async throws -> IndexingSession {
    try directory.create()
    let catalog = try Catalog(folder: directory.path, access: .writing)
    if isRebuilding { try removeIndex(directory) }
    let engine: any FullTextEngine
    do throws(EngineError) {
      engine = try await engineForWriting(at: directory.indexPath)
    } catch {
      switch error {
      case .corrupted, .incompatible:
        say("\(error) It is built anew from the catalog now.")
        try removeIndex(directory)
        engine = try await engineForWriting(at: directory.indexPath)
      default:
        throw error
      }
    }
    let extractors = await extractors(environment).catalogue
    return IndexingSession(
      catalog: catalog, engine: engine, options: options,
      extraction: { file throws(ExtractionError) in try await extractors.extract(file: file) })
  }

  private static func removeIndex(_ directory: DataDirectory) throws(CommandFailure) {
    guard FileManager.default.fileExists(atPath: directory.indexPath) else { return }
    do {
      try FileManager.default.removeItem(atPath: directory.indexPath)
    } catch {
      throw .failed(
        "The old index at \(directory.indexPath) cannot be removed: \(error.localizedDescription)")
    }
  }
}
