import Foundation
import Node

/// The daemon for a person who wonders how it is.
extension DaemonStatus {
  /// Not yet safe to print.
  var lines: [String] {
    var lines = ["nearfind up: running as process \(processID)"]
    guard let user else {
      return lines + ["    for this machine alone; to join a network: nearfind register HOST"]
    }
    lines.append("    user \(user), node \(node ?? "")")
    lines.append(
      "    central server \(centralServers.joined(separator: ", ")): "
        + (refusal.map { "does not let this machine in. \($0)" }
          ?? (isCentralReachable ? "answers" : "does not answer; what was agreed goes on")))
    if let band { lines.append("    band \(band.band), seen at \(band.peer)") }
    lines += groupLines
    if let standby {
      lines.append(
        "    a second copy of its index is kept by \(standby == node ? "this machine" : standby)"
          + (isStandbyReady ? "" : "; not all is there yet"))
    }
    if let filePort { lines.append("    gives its files to other machines at port \(filePort)") }
    if let publication { lines.append("    " + Self.text(of: publication)) }
    if let certificateExpiry {
      lines.append("    certificate until \(Wording.timestamp(certificateExpiry)), renewed before")
    }
    return lines
  }

  private var groupLines: [String] {
    let place = virtualServer.map { " at \($0)" } ?? ""
    switch role {
    case .alone: return []
    case .seeking: return ["    in no group" + (refusal == nil ? " yet" : "")]
    case .virtualServer:
      let clients = Wording.count(clientCount ?? 0, "machine")
      return [
        "    group \(group ?? 0): this machine is its virtual server\(place), for \(clients) "
          + "of \(limitCount ?? 0)" + (isGroupReachable ? "" : "; the process is being started")
      ]
    case .attached:
      return [
        "    group \(group ?? 0): virtual server\(place), "
          + (isGroupReachable ? "answers" : "does not answer; another is being asked for")
      ]
    }
  }

  private static func text(of publication: PublicationState) -> String {
    let waiting = Int(max(0, publication.last - publication.acknowledged))
    var text =
      waiting == 0
      ? "all changes are in the group's index"
      : "\(Wording.count(waiting, "change")) not in the group's index yet"
    if let problem = publication.problem { text += ": \(problem)" }
    return text
  }
}
