import Extraction
import Foundation
import Node
import RouteTracing
import SearchModel
import VirtualServer
import XapianEngine

/// The only place where engines, stores and extractors are chosen and put together.
enum Composition {
  /// The index for searching; others may write it meanwhile.
  static func engineForReading(
    _ directory: DataDirectory
  ) throws(EngineError) -> any FullTextEngine {
    try XapianEngine(directory: directory.indexPath, access: .reading)
  }

  /// The same for a search, where a person wants to know how to get an index.
  ///
  /// - Throws: ``SearchModel/EngineError``; a failure where the catalog knows folders and only the
  ///   index is gone.
  static func engineForSearching(_ directory: DataDirectory) throws -> any FullTextEngine {
    do throws(EngineError) {
      return try engineForReading(directory)
    } catch {
      guard case .missing(let path) = error,
        let shares = try? catalogForReading(directory).shares(), !shares.isEmpty
      else { throw error }
      throw CommandFailure.failed(
        "There is no index at \(path). Make it again from the catalog with: nearfind index")
    }
  }

  /// Reads all of the index.
  ///
  /// - Returns: what is wrong with it, in words; empty when nothing is.
  static func faults(ofIndexIn directory: DataDirectory) async throws(EngineError) -> [String] {
    try await XapianEngine(directory: directory.indexPath, access: .reading).verify()
  }

  /// The day since which every byte of the index was written or looked at.
  static func lastExamination(ofIndexIn directory: DataDirectory) async throws(EngineError)
    -> Int64?
  {
    try await XapianEngine(directory: directory.indexPath, access: .reading).lastExamination()
  }

  /// An index of its own, made where there is none.
  static func engineForWriting(at path: String) throws(EngineError) -> any FullTextEngine {
    try XapianEngine(directory: path, access: .writing)
  }

  /// The index of a group, which a virtual server keeps.
  static func groupStorage(at path: String) -> VirtualServerProcess.Storage {
    VirtualServerProcess.Storage(
      open: { () throws(EngineError) in try engineForWriting(at: path) },
      discard: { () throws(EngineError) in try XapianEngine.discard(directory: path) },
      close: { engine in await (engine as? XapianEngine)?.close() })
  }

  static func catalogForReading(_ directory: DataDirectory) throws(CatalogError) -> Catalog {
    try Catalog(folder: directory.path, access: .reading)
  }

  /// For what is changed without an index.
  static func catalogForWriting(_ directory: DataDirectory) throws -> Catalog {
    let folder = NetworkFolder(dataDirectory: directory.path)
    let owner = try NetworkMembership.load(from: folder)?.owner
    return try Catalog(folder: directory.path, access: .writing, owner: owner ?? .local)
  }

  /// A user's plug-ins before the built-in extractors, those before the plug-ins that are shipped.
  static func extractors(_ environment: [String: String]) async -> ExtractorSetup {
    ExtractorSetup(
      userFolder: DataDirectory.plugIns(environment: environment),
      confinement: await Confinement.probe())
  }

  /// The catalog, the index and the extractors, for bringing the index in line with folders.
  ///
  /// - Parameters:
  ///   - isRebuilding: whether the index is built anew from the catalog.
  ///   - say: is told when an index that cannot be used is built anew without being asked to.
  /// - Throws: ``Node/CatalogError``, ``SearchModel/EngineError``, ``CommandFailure``.
  static func indexingSession(
    _ directory: DataDirectory, options: IndexingSession.Options, isRebuilding: Bool,
    environment: [String: String], say: (String) -> Void
  ) async throws -> IndexingSession {
    let folder = NetworkFolder(dataDirectory: directory.path)
    let owner = try NetworkMembership.load(from: folder)?.owner
    return try await indexingSessionAndEngine(
      directory, options: options, isRebuilding: isRebuilding, environment: environment,
      owner: owner ?? .local, say: say
    ).session
  }

  /// As above, with the index to search in.
  static func indexingSessionAndEngine(
    _ directory: DataDirectory, options: IndexingSession.Options, isRebuilding: Bool,
    environment: [String: String], owner: Owner, say: (String) -> Void
  ) async throws -> (session: IndexingSession, engine: any FullTextEngine) {
    try directory.create()
    let catalog = try Catalog(folder: directory.path, access: .writing, owner: owner)
    if isRebuilding { try XapianEngine.discard(directory: directory.indexPath) }
    let engine = try await examinedEngine(at: directory.indexPath, say: say)
    let extractors = await extractors(environment).catalogue
    let session = IndexingSession(
      catalog: catalog, engine: engine, options: options,
      extraction: { file throws(ExtractionError) in try await extractors.extract(file: file) })
    return (session, engine)
  }

  /// An index to write to, after a look at what is due. One that is damaged is begun anew.
  private static func examinedEngine(
    at path: String, say: (String) -> Void
  ) async throws(EngineError) -> any FullTextEngine {
    do throws(EngineError) {
      let engine = try XapianEngine(directory: path, access: .writing)
      do throws(EngineError) {
        try await engine.examineWhatIsDue(now: Int64(Date().timeIntervalSince1970))
        return engine
      } catch {
        await engine.close()
        throw error
      }
    } catch {
      switch error {
      case .corrupted, .incompatible:
        say("\(error)\nThat is done now.")
        try XapianEngine.discard(directory: path)
        return try engineForWriting(at: path)
      default:
        throw error
      }
    }
  }

  static func routeTracer() throws(RouteTracingError) -> RouteTracer { try RouteTracer() }
}
