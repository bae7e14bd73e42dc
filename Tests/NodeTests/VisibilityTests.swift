import Foundation
import GRDB
import Protocol
import SearchModel
import Testing

@testable import Node

@Suite struct VisibilityTests {
  @Test(arguments: [
    ("everyone", Visibility.everyone), ("band", .band), ("ann", .users(["ann"])),
    ("Ann, bob", .users(["ann", "bob"])), ("user:band,bob", .users(["band", "bob"])),
    ("user:everyone", .users(["everyone"])), ("user:", .users([])),
  ])
  func isReadAsTyped(text: String, visibility: Visibility) throws {
    #expect(Visibility(text) == visibility)
    #expect(Visibility(visibility.description) == visibility)
    let json = try BoundedJSON.encode(visibility)
    #expect(try BoundedJSON.decode(from: json) == visibility)
  }

  @Test(arguments: ["", ",", "ann,", "ann bob", "x:y", "ann,,bob"])
  func nonsenseIsNone(text: String) { #expect(Visibility(text) == nil) }

  @Test func whoIsPermitted() {
    let band = Viewer(userID: "bob", isInOwnersBand: true)
    let far = Viewer(userID: "Bob", isInOwnersBand: false)
    let owner = Viewer(userID: "ann", isInOwnersBand: false)
    func permitted(_ visibility: Visibility) -> [Bool] {
      [owner, band, far, .stranger].map { visibility.permits($0, owner: "ann") }
    }
    #expect(permitted(.everyone) == [true, true, true, true])
    #expect(permitted(.band) == [true, true, false, false])
    #expect(permitted(.users(named: ["BOB"])) == [true, true, true, false])
    #expect(permitted(.users([])) == [true, false, false, false])
  }

  // MARK: The catalog

  @Test func aShareIsForEveryoneUnlessSaidOtherwise() throws {
    let (shared, state) = (try TemporaryFolder(), try TemporaryFolder())
    try shared.write("x", to: "a/file")
    try shared.write("x", to: "b/file")
    let catalog = try Catalog(folder: state.path, access: .writing)
    let open = try catalog.share(PathBytes(shared.path("a")))
    let closed = try catalog.share(PathBytes(shared.path("b")), visibility: .band)
    #expect(open.visibility == .everyone && closed.visibility == .band)
    #expect(open.label != closed.label)
    // Again leaves it as it is, and changes it when asked to.
    #expect(try catalog.share(PathBytes(shared.path("b"))).visibility == .band)
    #expect(
      try catalog.share(PathBytes(shared.path("b")), visibility: .users(["eve"])).visibility
        == .users(["eve"]))
    try catalog.setVisibility(.users([]), of: PathBytes(shared.path("a")))
    #expect(try catalog.shares().map(\.visibility) == [.users([]), .users(["eve"])])
    #expect(try catalog.shares().map(\.label) == [open.label, closed.label])
    let eve = Viewer(userID: "eve", isInOwnersBand: false)
    #expect(try catalog.permits(eve, share: closed.id))
    #expect(try !catalog.permits(eve, share: open.id))
    #expect(try !catalog.permits(Viewer(userID: "local", isInOwnersBand: true), share: 4711))
    #expect(throws: CatalogError.notShared(path: shared.path)) {
      try catalog.setVisibility(.band, of: PathBytes(shared.path))
    }
  }

  /// A label that came again would let the records of the former share pass for the new one's.
  @Test func noLabelComesTwice() throws {
    let (shared, state) = (try TemporaryFolder(), try TemporaryFolder())
    try shared.write("x", to: "a/file")
    let catalog = try Catalog(folder: state.path, access: .writing)
    var labels: Set<ShareLabel> = []
    for _ in 0..<20 {
      let share = try catalog.share(PathBytes(shared.path("a")))
      #expect(labels.insert(share.label).inserted)
      try catalog.unshare(share)
    }
  }

  @Test func recordsSayWhichShareTheyAreOf() async throws {
    let workshop = try Workshop()
    try workshop.shared.write("one", to: "file")
    try await workshop.index()
    let share = try #require(try workshop.catalog.shares().first)
    #expect(workshop.engine.state.records.values.map(\.share) == [share.label])
    let hash = try #require(workshop.record("file")?.contentHash)
    #expect(try workshop.catalog.shares(holding: hash) == [try workshop.catalog.shares()[0]])
  }

  /// Links are followed to where they lead; nothing else than a folder is shared, and none waits.
  @Test func onlyFoldersAreShared() throws {
    let (shared, state) = (try TemporaryFolder(), try TemporaryFolder())
    try shared.write("x", to: "folder/file")
    try FileManager.default.createSymbolicLink(
      atPath: shared.path("link"), withDestinationPath: shared.path("folder"))
    try FileManager.default.createSymbolicLink(
      atPath: shared.path("loop"), withDestinationPath: shared.path("loop"))
    #expect(mkfifo(shared.path("fifo"), 0o600) == 0)
    let socket = try ListeningSocket(at: shared.path("socket"))
    defer { socket.close() }
    let catalog = try Catalog(folder: state.path, access: .writing)
    for bad in ["fifo", "socket", "loop", "folder/file", "folder/..no"] {
      #expect(throws: CatalogError.self, "\(bad)") {
        try catalog.share(PathBytes(shared.path(bad)), visibility: .band)
      }
    }
    #expect(throws: CatalogError.self) { try catalog.share(PathBytes("/dev/null")) }
    let share = try catalog.share(PathBytes(shared.path("link")), visibility: .band)
    #expect(share.root == PathBytes(try #require(realpath(shared.path("folder")))))
    #expect(try catalog.share(PathBytes(shared.path("folder/../link/."))).id == share.id)
    // One inside another would have two visibilities.
    for other in [shared.path, shared.path("folder/..")] {
      #expect(throws: CatalogError.self) {
        try catalog.share(PathBytes(other), visibility: .everyone)
      }
    }
    #expect(try catalog.shares().map(\.visibility) == [.band])
  }

  @Test func anOlderCatalogIsPublishedAnew() throws {
    let (shared, state) = (try TemporaryFolder(), try TemporaryFolder())
    try shared.write("x", to: "a/file")
    let path = state.path + "/catalog.sqlite"
    do {
      let queue = try DatabaseQueue(path: path)
      try CatalogSchema.migrator.migrate(queue, upTo: "2: consumers")
      try queue.write { database in
        try database.execute(
          sql:
            "INSERT INTO shares (root, name, device, inode) VALUES (?, 'a', 1, 2), (?, 'b', 1, 3)",
          arguments: [Data(shared.path("a").utf8), Data("/b".utf8)])
        try database.execute(sql: "UPDATE catalog SET identity = 'former', sequence = 7")
      }
    }
    let catalog = try Catalog(folder: state.path, access: .writing)
    #expect(catalog.identity != "former")
    let shares = try catalog.shares()
    #expect(shares.map(\.visibility) == [.everyone, .everyone])
    #expect(Set(shares.map(\.label)).count == 2)
    #expect(try catalog.lastSequence() == 7)
  }
}

private func realpath(_ path: String) -> String? {
  guard let resolved = Glibc.realpath(path, nil) else { return nil }
  defer { free(resolved) }
  return String(cString: resolved)
}

/// A socket in the file system.
private struct ListeningSocket {
  let descriptor: CInt

  init(at path: String) throws {
    // The path is longer than an address holds, so it is made from the folder.
    let folder = open((path as NSString).deletingLastPathComponent, O_RDONLY | O_DIRECTORY)
    defer { Glibc.close(folder) }
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let name = "/proc/self/fd/\(folder)/" + (path as NSString).lastPathComponent
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name.utf8) }
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    try #require(result == 0)
  }

  func close() { Glibc.close(descriptor) }
}
