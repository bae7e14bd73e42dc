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
    try SecretFolder(creatingAt: folder).replace(Self.name, with: Array(bytes))
  }
}
