import Protocol
import SearchModel

/// For whom a coordinator asks.
struct Asker: Hashable, Sendable {
  /// As the own index knows them.
  var viewer: Viewer

  /// By which others do; nil for nobody, to whom they show what everyone may see.
  var mandate: Mandate?

  init(viewer: Viewer, mandate: Mandate? = nil) {
    self.viewer = viewer
    self.mandate = mandate
  }

  /// Whose view of others' indexes it is; nil for what everyone may see.
  var user: String? { mandate == nil ? nil : viewer.userID }
}
