import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore

/// The page's own files, as they lie in the package's resources.
struct PageFiles: Sendable {
  private struct File {
    var bytes: ByteBuffer
    var mediaType: String
  }

  private let files: [String: File]

  private static let mediaTypes = [
    "html": "text/html; charset=utf-8", "js": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8", "svg": "image/svg+xml",
  ]

  /// - Throws: what reading the resources throws: the program was installed without them.
  init() throws {
    let folder = Bundle.module.bundleURL.appendingPathComponent("Page")
    var files: [String: File] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
      guard let mediaType = Self.mediaTypes[(name as NSString).pathExtension] else { continue }
      let content = try Data(contentsOf: folder.appendingPathComponent(name))
      files["/" + (name == "index.html" ? "" : name)] = File(
        bytes: ByteBuffer(bytes: content), mediaType: mediaType)
    }
    self.files = files
  }

  var paths: [String] { files.keys.sorted() }

  /// - Returns: nil where there is nothing at the path.
  func response(at path: String) -> Response? {
    guard let file = files[path] else { return nil }
    return Response(
      status: .ok,
      headers: [
        .contentType: file.mediaType, .contentLength: String(file.bytes.readableBytes),
      ], body: ResponseBody(byteBuffer: file.bytes))
  }
}
