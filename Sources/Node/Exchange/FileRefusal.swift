import Protocol

/// Why a file, or a part of it, is not given.
enum FileRefusal: Error, Hashable, Sendable {
  /// Nothing of this content is shared, or not with who asks: the two look the same from outside.
  case notShared
  /// What is on the disk is not what was hashed. It is hashed again.
  case changed
  /// The disk or the system refused; the text is for the owner's log.
  case unreadable(String)
  /// The range does not lie in the file.
  case beyondEnd
  /// As many transfers as there may be are under way; ask again after some seconds.
  case busy(retryAfter: Int)
}

extension ProblemDocument {
  init(_ refusal: FileRefusal) {
    switch refusal {
    case .notShared:
      self.init(
        .notShared, status: 404, title: "Not shared",
        detail: "No file of this content is shared with you there.",
        remedy: "Search again; the file may have gone or changed.")
    case .changed:
      self.init(
        .fileChanged, status: 409, title: "The file has changed",
        detail: "The file is not any more what it was when it was found.",
        remedy: "Search again in a moment, when it has been read anew.")
    case .unreadable:
      self.init(
        .fileUnreadable, status: 503, title: "The file cannot be read",
        detail: "The owner's machine cannot read the file at present.",
        remedy: "Try again later, or fetch it from another source.", retryAfter: 30)
    case .beyondEnd:
      self = .malformed("The file does not have the bytes that are asked for.")
    case .busy(let seconds):
      self.init(
        .overloaded, status: 503, title: "Too busy",
        detail: "As many files as may be sent at once are being sent.",
        remedy: "Try again shortly.", retryAfter: seconds)
    }
  }
}
