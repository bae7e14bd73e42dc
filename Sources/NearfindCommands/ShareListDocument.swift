import Node
import SearchModel

/// What is shared with whom: the JSON document of `nearfind share list --json`, and the same for people.
struct ShareListDocument: Codable, Hashable {
  struct Share: Codable, Hashable {
    /// Absolute.
    var path: String
    /// How records call it: the first component of their directories.
    var name: String
    /// `everyone`, `band` or `users`.
    var visibility: String
    /// Who may see it beside the owner; left out unless it is visible to users.
    var users: [String]?
  }

  var version = 1
  var shares: [Share]

  init(_ shares: [Node.Share]) {
    self.shares = shares.map { share in
      var item = Share(
        path: share.root.text, name: share.name, visibility: share.visibility.description)
      if case .users(let names) = share.visibility {
        item.visibility = "users"
        item.users = names.sorted()
      }
      return item
    }
  }

  var lines: [String] {
    shares.map { share in
      let audience: String =
        switch share.visibility {
        case "users": Wording.audience(.users(named: share.users ?? []))
        case "band": Wording.audience(.band)
        default: Wording.audience(.everyone)
        }
      return "\(share.path)    visible to \(audience)"
    }
  }
}

extension Wording {
  /// Whom a folder is visible to.
  static func audience(_ visibility: Visibility) -> String {
    switch visibility {
    case .everyone: "everyone"
    case .band: "this machine's band"
    case .users(let names):
      names.isEmpty ? "nobody but you" : names.sorted().joined(separator: ", ")
    }
  }
}
