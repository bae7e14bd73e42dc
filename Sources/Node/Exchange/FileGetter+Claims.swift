public import Exchange
import SearchModel

/// A content whose size is not agreed on. Anybody may claim one, and only what comes proves it.
extension FileGetter {
  /// Fetches a content of which several sizes are claimed: each is tried with those alone who claim
  /// it, until one is proven.
  ///
  /// - Parameter claims: all of one hash and of different sizes, the most credible first: this
  ///   machine's own, then longer ones before shorter.
  /// - Throws: as ``fetch(_:to:progress:complaint:)``, of all claims together.
  public func fetch(
    anyOf claims: [Wish], to place: Place,
    progress: @escaping @Sendable (Progress) -> Void = { _ in },
    complaint: @escaping Complaint = { _, _ in }
  ) async throws -> Report {
    var failures: [FetchError.Failure] = []
    var firstError: (any Error)?
    var isLongerPossible = false
    for (number, claim) in claims.enumerated() {
      if isLongerPossible, claim.byteCount == Self.forgedByteCount { continue }
      var getter = self
      if number < claims.count - 1 {
        // Who only claims a size must not hold up those who have the file.
        getter.limits.piecePatience = min(limits.piecePatience, Self.doubtfulPatience)
      }
      do {
        return try await getter.fetch(claim, to: place, progress: progress, complaint: complaint)
      } catch let error as FetchError where error.allowsAnotherAttempt {
        firstError = firstError ?? error
        guard case .gaveUp(let these) = error else {
          isLongerPossible = isLongerPossible || error.leavesSizePossible
          continue
        }
        failures += these
        isLongerPossible = isLongerPossible || !these.allSatisfy { $0.reason == .lied }
      } catch let error as FetchStorageError where error.isOfSize && !place.isStream {
        firstError = firstError ?? error
        isLongerPossible = true
      }
    }
    if !failures.isEmpty { throw FetchError.gaveUp(failures) }
    throw firstError ?? FetchError.noSource
  }

  /// Two nodes of the hash's tree one behind another are a file that has their parent's hash as its
  /// own. So a file of this length proves nothing while a longer one may be the true one.
  private static let forgedByteCount: Int64 = 64

  private static let doubtfulPatience: Duration = .seconds(2 * 60)
}

extension FileGetter.Place {
  /// Whether what was written cannot be written anew.
  fileprivate var isStream: Bool { if case .descriptor = self { true } else { false } }
}

extension FetchError {
  /// Whether the file may have that size all the same.
  fileprivate var leavesSizePossible: Bool {
    switch self {
    case .impossibleSize, .notEmpty: false
    case .noSource, .tooLong, .gaveUp, .cutOff: true
    }
  }
}

extension FetchStorageError {
  /// Whether a shorter file might do.
  fileprivate var isOfSize: Bool {
    switch self {
    case .diskFull, .tooLarge: true
    default: false
    }
  }
}
