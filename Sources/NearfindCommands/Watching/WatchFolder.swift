import Foundation
import SearchModel

/// The watched queries of a data directory, a file each, so that two that are watched at the same time
/// do not write over each other.
struct WatchFolder: Sendable {
  let path: String

  init(_ directory: DataDirectory) {
    path = directory.path + "/watches"
  }

  /// - Returns: nil where the query was never watched in this scope, or what is kept is not readable:
  ///   then it begins anew.
  func load(query: String, scope: String) -> WatchState? {
    let state = read(file(query, scope))
    return state?.query == query && state?.scope == scope ? state : nil
  }

  /// By query.
  func all() -> [WatchState] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.compactMap { read(path + "/" + $0) }
      .sorted { ($0.query, $0.scope) < ($1.query, $1.scope) }
  }

  /// - Throws: a failure that says what to do.
  func save(_ state: WatchState) throws(CommandFailure) {
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
      // Replaced by a rename: what is there is always whole.
      try JSONEncoder().encode(state).write(
        to: URL(fileURLWithPath: file(state.query, state.scope)), options: .atomic)
    } catch {
      throw .failed(
        "What was seen cannot be kept in \(path): \(error.localizedDescription). Make room, or "
          + "check that the folder may be written.")
    }
  }

  /// - Returns: whether there was one.
  func forget(query: String) throws(CommandFailure) -> Bool {
    var found = false
    for state in all() where state.query == query {
      do {
        try FileManager.default.removeItem(atPath: file(state.query, state.scope))
        found = true
      } catch {
        throw .failed("\(path): \(error.localizedDescription)")
      }
    }
    return found
  }

  private func read(_ file: String) -> WatchState? {
    guard let data = FileManager.default.contents(atPath: file) else { return nil }
    return try? JSONDecoder().decode(WatchState.self, from: data)
  }

  private func file(_ query: String, _ scope: String) -> String {
    let number = StableHash.value(of: Array((scope + "\n" + query).utf8), seed: 0)
    return path + "/" + String(number, radix: 16) + ".json"
  }
}
