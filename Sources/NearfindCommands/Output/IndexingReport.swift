import Node

/// What `nearfind index` says when it is done.
struct IndexingReport {
  let summary: IndexingSummary
  let duration: Duration
  var isRebuilding = false

  private static let shownNotes = 5

  func print(on console: Console) {
    console.output.emit(lines.map { TerminalText.printable($0) + "\n" }.joined())
    for complaint in complaints { console.complain(complaint) }
  }

  var lines: [String] {
    let looked = Wording.count(summary.fileCount, "file")
    let changes = Wording.count(summary.changeCount, "change")
    var line = "\(looked) looked at, \(changes)"
    if summary.readCount > 0 {
      let amount = Wording.size(summary.readByteCount)
      line += ", content of \(Wording.count(summary.readCount, "file")) read (\(amount))"
    }
    if summary.unreadableCount > 0 {
      let unreadable = Wording.count(summary.unreadableCount, "file")
      line += ", \(unreadable) unreadable (nearfind status says why)"
    }
    if isRebuilding {
      line += ", index built anew with \(Wording.count(summary.publishedCount, "change"))"
    }
    return [line + ", in \(Wording.duration(duration))."]
  }

  /// What was left out against expectations; what is always left out (links, sockets) is counted.
  var complaints: [String] {
    let unreadable = summary.notes.filter(\.isUnexpected)
    var lines = summary.absences.map {
      $0 + " Its records stay until it is back; to end that: nearfind forget FOLDER"
    }
    lines += unreadable.prefix(Self.shownNotes).map(\.description)
    if unreadable.count > Self.shownNotes {
      let rest = unreadable.count - Self.shownNotes
      lines.append("\(Wording.count(rest, "further place")) could not be read.")
    }
    if summary.postponedCount > 0 {
      let postponed = Wording.count(summary.postponedCount, "file")
      lines.append("\(postponed) changed just before being read; next time: nearfind index")
    }
    let skipped = summary.noteCount - unreadable.count
    if skipped > 0 {
      lines.append(
        "Left out: \(Wording.count(skipped, "symbolic link, socket or device", "symbolic links, sockets and devices"))."
      )
    }
    return lines
  }
}

extension ScanNote {
  /// Whether a person would want to do something about it.
  fileprivate var isUnexpected: Bool {
    switch reason {
    case .unreadable, .tooDeep: true
    case .symbolicLink, .notAFile, .otherFileSystem: false
    }
  }
}
