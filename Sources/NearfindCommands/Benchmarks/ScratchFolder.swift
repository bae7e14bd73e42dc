import Foundation

/// A folder for what a benchmark makes; removed with the value.
final class ScratchFolder: Sendable {
  private let root: String

  init(in folder: String) throws {
    root = folder + "/nearfind-benchmark-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  func path(_ name: String) -> String { root + "/" + name }

  /// What the files in a folder hold.
  func byteCount(_ name: String) throws -> Int {
    let folder = path(name)
    return try FileManager.default.subpathsOfDirectory(atPath: folder).reduce(0) { sum, file in
      let attributes = try FileManager.default.attributesOfItem(atPath: folder + "/" + file)
      let isFile = attributes[.type] as? FileAttributeType == .typeRegular
      return sum + (isFile ? attributes[.size] as? Int ?? 0 : 0)
    }
  }
}
