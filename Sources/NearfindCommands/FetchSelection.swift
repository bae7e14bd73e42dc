import Node
import Protocol
import SearchModel

/// What `nearfind get` is told to fetch.
enum FetchSelection: Hashable, Sendable {
  /// A hit of the last search, by the number that it was shown with.
  case rank(Int)
  case hash(ContentHash)
  case key(RecordKey)

  /// - Returns: nil for a text that is none of these.
  init?(_ text: String) {
    if let hash = ContentHash(hexadecimal: text) {
      self = .hash(hash)
    } else if let number = Int(text) {
      guard number > 0 else { return nil }
      self = .rank(number)
    } else {
      guard let key = RecordKey(text), text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
        !text.hasPrefix("-"), !text.contains("/")
      else { return nil }
      self = .key(key)
    }
  }

  /// The places of the one file that is meant, among what was found.
  ///
  /// - Returns: nil where it is not there.
  func copies(in hits: [LastAnswer.Found]) -> [LastAnswer.Copy]? {
    switch self {
    case .rank(let rank): return hits.first { $0.rank == rank }?.copies
    case .hash(let hash):
      let copies = hits.flatMap(\.copies).filter { $0.contentHash == hash }
      return copies.isEmpty ? nil : copies
    case .key(let key):
      guard let copies = hits.map(\.copies).first(where: { $0.contains { $0.key == key.value } })
      else { return nil }
      return copies.filter { $0.key == key.value } + copies.filter { $0.key != key.value }
    }
  }
}

/// A file to fetch, with its name.
struct FetchPlan: Hashable, Sendable {
  var filename: String
  let hash: ContentHash
  /// One for each size that the content is said to have, with those who say so: the size that this
  /// machine found itself, then the longest first. Only one can be right.
  var claims: [FileGetter.Wish]

  /// - Parameters:
  ///   - copies: not empty; the first is the one that is meant, and the others count only as far as
  ///     they are the same content.
  ///   - own: the size of a copy on this machine; nil where there is none.
  /// - Returns: nil where its content is not known yet.
  init?(_ copies: [LastAnswer.Copy], own: Int64? = nil) {
    guard let first = copies.first, let hash = first.contentHash else { return nil }
    let same = copies.filter { $0.contentHash == hash }
    let others = Set(same.map(\.size)).subtracting(own.map { [$0] } ?? []).sorted(by: >)
    filename = first.filename
    self.hash = hash
    claims = ((own.map { [$0] } ?? []) + others).map { size in
      FileGetter.Wish(
        hash: hash, byteCount: size,
        sources: same.filter { $0.size == size }.flatMap(\.sources))
    }
  }
}
