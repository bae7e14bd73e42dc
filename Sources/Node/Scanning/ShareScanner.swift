import Foundation
import GRDB

/// Looks at shares and brings the catalog in line, in transactions of bounded size. Every function
/// blocks.
struct ShareScanner: Sendable {
  let catalog: Catalog
  var options = FolderScan.Options()

  /// How many rows one transaction writes, about: a folder is never split.
  private static let batchCount = 20_000

  /// How many folders one transaction looks at: while it lasts nobody else writes.
  private static let batchFolderCount = 2_000

  /// What a look at a share did since the last step.
  struct Step: Sendable {
    var fileCount = 0
    var changeCount = 0
    var notes: [ScanNote] = []
    /// The folders that were listed.
    var folders: [PathBytes] = []
    /// The folders among those in ``folders`` that the catalog did not know.
    var newFolders: [PathBytes] = []
    /// Where the catalog knows other names of the files that changed. Not for a whole look, which
    /// comes by all of them.
    var placesOfOtherNames: [SharedFolder] = []
  }

  /// Looks at a share, or at a part of it.
  ///
  /// - Parameters:
  ///   - folder: where to start, below the share.
  ///   - isRecursive: whether to go into folders that the catalog knows; new ones are always
  ///     looked into.
  ///   - isCancelled: asked between the transactions; the look ends there.
  ///   - visit: gets each folder just before it is listed.
  ///   - step: is called after each transaction.
  /// - Returns: why the share is absent and its records stay as they are; nil when it was looked
  ///   at.
  func scan(
    _ share: Share, from folder: PathBytes = .empty, isRecursive: Bool = true,
    isCancelled: () -> Bool = { false }, visit: FolderScan.Visit = { _, _ in },
    step: (Step) -> Void = { _ in }
  ) throws(CatalogError) -> String? {
    var options = options
    options.isRecursive = isRecursive
    let folder = try catalog.highestUnknown(above: folder, of: share)
    var scan: FolderScan
    switch Result(catching: { () throws(SystemError) in
      try FolderScan(root: share.root, from: folder, options: options)
    }) {
    case .success(let opened): scan = opened
    case .failure(let error):
      return try noteAbsence(of: share, "\(share.root.text) cannot be opened: \(error).")
    }
    if try isReplacedByNothing(share) {
      return try noteAbsence(
        of: share,
        "\(share.root.text) is empty and not the folder that was shared; is its disk mounted?"
      )
    }
    var newFolders: [PathBytes] = []
    let isWhole = isRecursive && folder.isEmpty
    while !isCancelled(),
      let taken = try takeBatch(of: &scan, into: share, isWhole: isWhole, visit: visit)
    {
      newFolders += taken.newFolders
      step(taken)
    }
    if !isRecursive {
      for folder in newFolders {
        if let absence = try self.scan(
          share, from: folder, isCancelled: isCancelled, visit: visit, step: step)
        {
          return absence
        }
      }
    } else if isWhole, !isCancelled() {
      try catalog.note(share, scanned: Int64(Date().timeIntervalSince1970), absence: nil)
    }
    return nil
  }

  private func noteAbsence(of share: Share, _ reason: String) throws(CatalogError) -> String {
    try catalog.note(share, scanned: nil, absence: reason)
    return reason
  }

  /// One transaction; nil when there was nothing left to look at.
  private func takeBatch(
    of scan: inout FolderScan, into share: Share, isWhole: Bool, visit: FolderScan.Visit
  ) throws(CatalogError) -> Step? {
    let (step, rest) = try catalog.write { [scan] database in
      var scan = scan
      var step = Step()
      var reconciler = try CatalogReconciler(database, share: share)
      while reconciler.changeCount < Self.batchCount,
        step.folders.count < Self.batchFolderCount, let listing = scan.next(visit: visit)
      {
        step.newFolders += try reconciler.reconcile(listing)
        step.folders.append(listing.path)
        step.fileCount += listing.files.count
      }
      if reconciler.changeCount > 0 { try reconciler.finish() }
      if !isWhole { step.placesOfOtherNames = try reconciler.placesOfOtherNames() }
      step.changeCount = reconciler.changeCount
      step.notes = scan.takeNotes()
      return (step, scan)
    }
    scan = rest
    return step.folders.isEmpty ? nil : step
  }

  /// Whether an empty folder that is not the one shared stands in its place, as where a disk is
  /// not mounted: no reason to believe that the files are gone.
  private func isReplacedByNothing(_ share: Share) throws(CatalogError) -> Bool {
    var isEmpty = true
    let status: Result<FileStatus, SystemError> = Result { () throws(SystemError) in
      let handle = try FolderHandle(root: share.root)
      try handle.readEntries { _, _ in isEmpty = false }
      return try handle.status()
    }
    guard isEmpty, case .success(let status) = status else { return false }
    return status.inode != share.inode || status.device != share.device
  }
}
