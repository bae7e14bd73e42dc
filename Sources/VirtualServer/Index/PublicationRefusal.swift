import Protocol
import SearchModel

/// Why records are not taken. Nothing of the request is in the index then.
enum PublicationRefusal: Error, Hashable, Sendable {
  /// The request contradicts itself.
  case malformed(String)
  /// A record claims another owner than the certificate's user.
  case anothersRecord(claimed: String)
  /// The changes do not follow what is held. Go on from this position.
  case otherPosition(PublicationPosition)
  /// The node would have more records here than it may.
  case quotaExceeded(count: Int, quota: Int)
  case standing(StandingRefusal)
  /// As many requests as can wait are waiting.
  case overloaded
  /// The process is ending.
  case closed
  case engine(EngineError)
}

/// Why a virtual server, as it stands, does not do what a node asks.
enum StandingRefusal: Error, Hashable, Sendable {
  /// The user or the node was revoked.
  case revoked(NodeIdentity)
  case notAttached(NodeIdentity)
  /// Another group or epoch is served.
  case otherEpoch(group: UInt64, epoch: UInt64)
  /// No group is served yet.
  case noGroup
  case noLease
  case draining
}

extension ProblemDocument {
  init(_ refusal: PublicationRefusal) {
    switch refusal {
    case .malformed(let detail): self = .malformed(detail)
    case .anothersRecord(let claimed):
      self = .forbidden(
        "A record names \"\(claimed.prefix(128))\" as its owner; a node publishes only under its own name.",
        remedy: "Publish this machine's records under the user it is registered for.")
    case .otherPosition(let position):
      self.init(
        .otherPosition, status: 409, title: "The changes do not follow",
        detail: "What is held of this node ends at change \(position.sequence).",
        remedy: "Go on from there.")
      self.position = position
    case .quotaExceeded(let count, let quota):
      self.init(
        .quotaExceeded, status: 403, title: "Too many records",
        detail: "A node may have \(quota) records here; these changes would make \(count).",
        remedy: "Share fewer files, or exclude some with a file named .nearfindignore.")
    case .standing(let refusal): self.init(refusal)
    case .overloaded:
      self.init(
        .overloaded, status: 503, title: "Too busy",
        detail: "As many publications as can wait are waiting.", remedy: "Try again shortly.",
        retryAfter: 1)
    case .closed:
      self.init(
        .shuttingDown, status: 503, title: "Shutting down",
        detail: "This virtual server is ending.", remedy: "Ask the central server where to go.",
        retryAfter: 1)
    case .engine(let error): self.init(error)
    }
  }

  init(_ refusal: StandingRefusal) {
    switch refusal {
    case .revoked(let node): self.init(CertificateProblem.revoked(.node(node)))
    case .notAttached(let node):
      self.init(
        .notAttached, status: 403, title: "Not a client of this virtual server",
        detail: "\(node) is not attached here.",
        remedy: "Ask the central server which virtual server is this node's.")
    case .otherEpoch(let group, let epoch):
      self.init(
        .otherEpoch, status: 409, title: "Another group or epoch",
        detail: "Served here is group \(group) in epoch \(epoch).",
        remedy: "Ask the central server which virtual server is this node's.")
    case .noGroup:
      self.init(
        .takesNoRecords, status: 503, title: "Not serving yet",
        detail: "This virtual server has not been told yet which group it serves.",
        remedy: "Try again shortly.", retryAfter: 1)
    case .noLease:
      self.init(
        .takesNoRecords, status: 503, title: "No records are taken now",
        detail: "This virtual server does not hold the lease of its group at the moment.",
        remedy: "Try again shortly, and ask the central server if it lasts.", retryAfter: 1)
    case .draining:
      self.init(
        .takesNoRecords, status: 503, title: "No records are taken any more",
        detail: "This virtual server is about to end and answers only searches.",
        remedy: "Ask the central server which virtual server is this node's.", retryAfter: 3)
    }
  }

  /// What a node can do about an engine that fails on another machine.
  init(_ error: EngineError) {
    switch error {
    case .diskFull:
      self.init(
        .storageFull, status: 507, title: "No space is left",
        detail: "The disk of the machine that keeps the group's index is full.",
        remedy: "Nothing is lost; try again later.", retryAfter: 60)
    case .invalidRequest(let reason):
      self.init(
        .malformed, status: 400, title: "This cannot be searched", detail: reason,
        remedy: "Change the query.")
    case .cancelled:
      self.init(
        .unavailable, status: 503, title: "The search was stopped", detail: "\(error)",
        remedy: "Ask again.", retryAfter: 1)
    case .locked, .missing, .corrupted, .incompatible, .inputOutput:
      self.init(
        .unavailable, status: 503, title: "The index cannot be used",
        detail: "The index of the group cannot be used at the moment.",
        remedy: "Nothing is lost; try again shortly.", retryAfter: 2)
    }
  }
}
