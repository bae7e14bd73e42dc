import Foundation

/// Reads plug-ins from folders: each a folder of its own with a `plugin.json`.
public enum PluginFolder {
  /// The plug-ins that come with Nearfind.
  public static var shipped: String? {
    Bundle.module.url(forResource: "Plugins", withExtension: nil)?.path
  }

  /// What a folder of plug-ins holds, in the order of the folders' names.
  public struct Contents: Sendable {
    public var extractors: [ExternalExtractor] = []
    /// The plug-ins that are left out, and why.
    public var refusals: [PluginManifestError] = []

    public init() {}
  }

  /// - Parameter path: a folder of plug-ins. One that is not there holds none.
  public static func contents(of path: String, confinement: Confinement) -> Contents {
    var contents = Contents()
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    for name in names.sorted() where !name.hasPrefix(".") {
      let folder = path + "/" + name
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder),
        isFolder.boolValue
      else { continue }
      do {
        let manifest = try manifest(in: folder)
        contents.extractors.append(
          ExternalExtractor(manifest: manifest, folder: folder, confinement: confinement))
      } catch {
        contents.refusals.append(error)
      }
    }
    return contents
  }

  private static let maximumManifestByteCount = 64 * 1024

  private static func manifest(in folder: String) throws(PluginManifestError) -> PluginManifest {
    let path = folder + "/" + PluginManifest.fileName
    guard let file = LocalFile(path: path),
      let bytes = try? OpenFile(file).read(atMost: maximumManifestByteCount + 1)
    else {
      throw PluginManifestError(path: path, field: nil, expected: "a file that can be read")
    }
    guard bytes.count <= maximumManifestByteCount else {
      throw PluginManifestError(
        path: path, field: nil, expected: "at most \(maximumManifestByteCount) bytes")
    }
    return try PluginManifest(json: Data(bytes), path: path)
  }
}
