import Foundation
import Node
import Protocol
import SearchModel
import XapianEngine

/// A node that shares one file and another that fetches it, in this process, over mutual TLS.
struct TransferTrial {
  let wish: FileGetter.Wish
  /// Seconds to look at the folder, read and hash the file, and index it.
  let indexing: Double
  private let server: InProcessFileServer
  private let client: PeerClient
  private let getter: FileGetter
  private let folder: ScratchFolder

  /// - Parameter file: alone in its folder.
  init(sharing file: String, in folder: ScratchFolder) async throws {
    self.folder = folder
    let authority = try CertificateAuthority.open(folder: folder.path("authority"), now: Date())
    let giver = NodeIdentity(user: try PeerName("user"), node: try PeerName("giver"))
    let receiver = NodeIdentity(user: try PeerName("user"), node: try PeerName("receiver"))
    let catalog = try Catalog(folder: folder.path("catalog"), access: .writing)
    let engine = try XapianEngine(directory: folder.path("index"), access: .writing)
    let session = IndexingSession(catalog: catalog, engine: engine, extraction: { _ in nil })
    let parent = PathBytes((file as NSString).deletingLastPathComponent)
    indexing = try await Measurement.of { _ = try await session.index([parent]) }.seconds
    let name = (file as NSString).lastPathComponent
    let found = try await engine.search(
      SearchRequest(query: .word((name as NSString).deletingPathExtension, field: nil)))
    await engine.close()
    guard let record = found.hits.first?.record, let hash = record.contentHash else {
      throw CommandFailure.failed("\(file) was not indexed.")
    }
    server = try await InProcessFileServer(
      catalog: catalog, credentials: CredentialStore(Self.credentials(giver, authority)))
    client = try PeerClient(
      .credentials(CredentialStore(Self.credentials(receiver, authority))))
    getter = FileGetter(
      identity: receiver, connecting: DirectConnecting(client: client), catalog: nil)
    wish = FileGetter.Wish(
      hash: hash, byteCount: record.size,
      sources: [FileSource(node: giver, endpoint: server.endpoint)])
  }

  private static func credentials(
    _ node: NodeIdentity, _ authority: CertificateAuthority
  ) throws -> PeerCredentials {
    let key = PeerKey()
    let certificate = try authority.issueCertificate(
      for: key.signingRequest(), identity: .node(node), now: Date())
    return try PeerCredentials(
      key: key, certificate: certificate, authority: authority.certificate)
  }

  /// Fetches the file to nowhere: what is measured is not the disk.
  func fetchAndDrop() async throws -> Measurement {
    let descriptor = open("/dev/null", O_WRONLY | O_CLOEXEC)
    defer { close(descriptor) }
    return try await Measurement.of {
      _ = try await getter.fetch(wish, to: .descriptor(descriptor))
    }
  }

  /// Fetches the file to the scratch folder and waits until it would survive a loss of power.
  func fetchToDisk() async throws -> Measurement {
    let name = PathBytes("copy")
    let target = FetchTarget(folder: PathBytes(folder.path("")), name: name)
    defer { unlink(folder.path("copy")) }
    return try await Measurement.of {
      _ = try await getter.fetch(wish, to: .file(target, overwrites: true))
    }
  }

  func shutDown() async {
    client.shutDown()
    await server.shutDown()
  }
}
