import Foundation
import SearchModel

@testable import Node

/// What an index must hold of a share after everything has been read: found by a walk of its own
/// that shares no code with the scan.
enum ShareTruth {
  /// By path below the share: size and content.
  static func files(in folder: TemporaryFolder) -> [String: Data] {
    var files: [String: Data] = [:]
    let manager = FileManager.default
    guard let walk = manager.enumerator(atPath: folder.path) else { return [:] }
    while let path = walk.nextObject() as? String {
      let type = walk.fileAttributes?[.type] as? FileAttributeType
      let name = (path as NSString).lastPathComponent
      let isHidden = name.hasPrefix(".") || name.hasSuffix("~")
      if type == .typeDirectory, isHidden { walk.skipDescendants() }
      guard type == .typeRegular, !isHidden else { continue }
      files[path] = manager.contents(atPath: folder.path(path)) ?? Data()
    }
    return files
  }
}

extension Workshop {
  /// How the index differs from the files; nil when it does not.
  func difference() -> String? {
    let truth = ShareTruth.files(in: shared)
    let indexed = Dictionary(
      uniqueKeysWithValues: engine.records.values.map { record in
        (
          String((record.directory + "/" + record.filename).dropFirst(name.count + 1)),
          record
        )
      })
    for path in Set(truth.keys).union(indexed.keys).sorted() {
      guard let content = truth[path] else { return "\(path) is not there any more" }
      guard let record = indexed[path] else { return "\(path) is missing" }
      let text = String(decoding: content, as: UTF8.self)
      guard record.size == content.count else { return "\(path) has another size" }
      guard record.contentHash?.hexadecimal == sha256(text) else {
        return "\(path) has another hash"
      }
      guard record.text == text else { return "\(path) has another text" }
    }
    return nil
  }
}
