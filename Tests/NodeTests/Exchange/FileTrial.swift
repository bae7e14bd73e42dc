import Exchange
import Foundation
import Hummingbird
import NIOCore
import SearchModel
import Synchronization

@testable import Node
@testable import Protocol

/// Nodes that share folders and give their files over mutual TLS on loopback, and one that fetches.
struct FileTrial: Sendable {
  /// A node with files.
  final class Giver: Sendable {
    let workshop: Workshop
    let contents: SharedContents
    let turns: UploadTurns
    let identity: NodeIdentity
    private let running = Mutex<PeerServer?>(nil)
    private let folders = FolderBox()

    init(
      _ network: TestNetwork, name: String, limits: UploadLimits = UploadLimits()
    ) async throws {
      // Of bytes by chance no text can be made, and trying takes long.
      workshop = try Workshop(readsText: false)
      contents = SharedContents(catalog: workshop.catalog) { [folders] in folders.add($0) }
      turns = UploadTurns(limits)
      let node = NodeIdentity(user: try PeerName("bob"), node: try PeerName(name))
      identity = node
      let service = FileService(contents: contents, turns: turns) { _ in }
      let server = try await network.server(.node(node), service.router(proving: Self.viewer))
      running.withLock { $0 = server }
    }

    /// The band is taken for true that is shown: that is proven elsewhere.
    private static func viewer(_ node: NodeIdentity, _ shown: BandStatement?) -> Viewer {
      Viewer(userID: node.user.text, isInOwnersBand: shown?.band == "home")
    }

    /// The folders that were to be looked at again.
    var doubtedFolders: [SharedFolder] { folders.all }

    var source: FileSource {
      FileSource(
        node: identity,
        endpoint: NetworkEndpoint(
          address: "127.0.0.1", port: UInt16(running.withLock { $0 }?.port ?? 0)))
    }

    /// Writes a file, has it hashed, and says what it is.
    func share(_ bytes: [UInt8], as name: String) async throws -> FileGetter.Wish {
      try Data(bytes).write(to: URL(fileURLWithPath: workshop.shared.path(name)))
      try await workshop.index()
      guard let record = workshop.record(name), let hash = record.contentHash else {
        throw POSIXError(.ENOENT)
      }
      return FileGetter.Wish(hash: hash, byteCount: record.size, sources: [source])
    }

    func stop() async {
      await running.withLock { $0.take() }?.shutDown(within: .milliseconds(1))
    }
  }

  final class FolderBox: Sendable {
    private let folders = Mutex<[SharedFolder]>([])
    func add(_ folder: SharedFolder) { folders.withLock { $0.append(folder) } }
    var all: [SharedFolder] { folders.withLock { $0 } }
  }

  let network: TestNetwork
  let client: PeerClient
  let target: TemporaryFolder

  init() throws {
    network = try TestNetwork()
    client = try network.client(user: "ann", node: "laptop")
    target = try TemporaryFolder()
  }

  func giver(
    _ name: String, limits: UploadLimits = UploadLimits()
  ) async throws -> Giver {
    try await Giver(network, name: name, limits: limits)
  }

  var getter: FileGetter {
    var getter = FileGetter(
      identity: nil, connecting: DirectConnecting(client: client), catalog: nil)
    // A test that waits for a source that is gone should not wait long.
    getter.limits.patience = .seconds(10)
    return getter
  }

  func place(_ name: String) -> FileGetter.Place {
    .file(FetchTarget(folder: target.bytes, name: PathBytes(name)), overwrites: false)
  }

  func landed(_ name: String) -> [UInt8]? {
    FileManager.default.contents(atPath: target.path(name)).map { Array($0) }
  }

  /// What a request comes to: the bytes, or the code of the refusal.
  func ask(
    _ path: String, of giver: Giver, showing statement: BandStatement? = nil
  ) async throws -> Result<[UInt8], ProblemDocument> {
    guard let endpoint = giver.source.endpoint else { throw POSIXError(.ENOENT) }
    var request = PeerRequest.get(path)
    request.bandStatement = statement
    do {
      return .success(
        try await client.exchange(
          request, with: .network(host: endpoint.address, port: Int(endpoint.port)),
          expecting: .node(giver.identity)
        ) { response in
          var bytes = ByteBuffer()
          while var buffer = try await response.next() { bytes.writeBuffer(&buffer) }
          return bytes.getBytes(at: 0, length: bytes.readableBytes) ?? []
        })
    } catch let problem as ProblemDocument {
      return .failure(problem)
    }
  }
}

extension Result where Failure == ProblemDocument {
  var code: ProblemCode? {
    if case .failure(let problem) = self { problem.code } else { nil }
  }
}
