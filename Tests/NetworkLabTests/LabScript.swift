import Foundation

/// The script that lays a network out and lets its hosts join.
struct LabScript {
  private static let port = 7000

  private let layout: LayoutScript
  private let folder: URL

  init(core: Router, folder: URL, answersWithoutLimit: Bool) {
    layout = LayoutScript(
      core: core, folder: folder, answersWithoutLimit: answersWithoutLimit)
    self.folder = folder
  }

  func write(joining hosts: [String], at central: String, probe: String) throws {
    let inNamespace = LayoutScript.inNamespace
    var lines = [
      "\(inNamespace)central '\(probe)' central \(Self.port) \(hosts.count) "
        + ">central.found 2>central.errors & central=$!"
    ]
    lines += hosts.map { name in
      "\(inNamespace)\(name) '\(probe)' join \(name) \(central) \(Self.port) "
        + ">\(name).found 2>\(name).errors & hosts=\"${hosts-} $!\""
    }
    // `set -e` ends the script with the first that failed.
    lines += ["wait $central", "for host in $hosts; do wait $host; done"]
    try write(running: lines.joined(separator: "\n"))
  }

  /// - Parameter commands: for bash, once the network is there.
  func write(running commands: String) throws {
    var lines = [
      "set -eu", "trap 'for job in $(jobs -p); do kill $job || true; done 2>/dev/null' EXIT",
    ]
    lines += try layout.write()
    lines.append(commands)
    let text = lines.joined(separator: "\n") + "\n"
    try Data(text.utf8).write(to: folder.appending(path: "run"))
  }
}
