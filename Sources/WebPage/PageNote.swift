import Foundation
import Protocol

/// Where the page was served last, in a file that only its user can read.
public struct PageNote: Sendable {
  private let folder: String
  private static let name = "address.json"

  public init(dataDirectory: String) {
    folder = dataDirectory + "/page"
  }

  /// - Returns: nil where no page was ever served.
  /// - Throws: ``SecretFileError`` if somebody else could have read or written it.
  public func read() throws -> PageAddress? {
    do throws(SecretFileError) {
      let bytes = try SecretFolder(folder).read(Self.name)
      return try? JSONDecoder().decode(PageAddress.self, from: Data(bytes))
    } catch .missing {
      return nil
    }
  }

  func write(_ address: PageAddress) throws {
    let bytes = try JSONEncoder().encode(address)
    let folder = try SecretFolder(creatingAt: folder)
    try folder.replace(Self.name, with: Array(bytes))
    try folder.replace(Self.doorName, with: Array(Self.door(to: address).utf8))
  }

  private static let doorName = "open.html"

  /// A file that leads to the page. A browser is given its path and not the address: every user of the
  /// machine sees with what programs are started.
  public var doorPath: String { folder + "/" + Self.doorName }

  private static func door(to address: PageAddress) -> String {
    // The address is made of letters, digits and signs that mean nothing in HTML.
    """
    <!doctype html><meta charset="utf-8"><title>Nearfind</title>
    <meta http-equiv="refresh" content="0; url=\(address.url)">
    <a href="\(address.url)">Nearfind</a>
    """
  }
}
