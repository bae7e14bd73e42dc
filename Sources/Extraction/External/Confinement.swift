import Foundation

/// How external extractors are kept from doing harm. There is one way, `bubblewrap`, and where the
/// machine refuses it they are not run at all: the files that they would read stay searchable by
/// name, and ``remedy`` says what to do.
///
/// Inside, a program has no network of any kind (a network namespace of its own; no Unix sockets
/// either, as it sees no file but its own), no other processes (a process namespace, which dies with
/// it), and a file system of these parts, all but the last read-only: the system's programs and
/// libraries, the plug-in's folder, the file, an empty `/tmp` in memory. So whatever takes it over
/// cannot even read the user's other files into the index.
public enum Confinement: Hashable, Sendable {
  case bubblewrap
  case unavailable(reason: String, remedy: String)

  /// Tries it on this machine.
  public static func probe() async -> Confinement {
    guard access(bubblewrapPath, X_OK) == 0 else {
      return .unavailable(
        reason: "bubblewrap is not installed", remedy: "apt-get install bubblewrap")
    }
    let invocation = SandboxInvocation(command: ["/usr/bin/true"], folder: nil, file: nil)
    let process = invocation.process(limits: ResourceLimits(timeout: 10))
    let run = await BlockingWork.result { process.run(cancellation: ProcessCancellation()) }
    guard case .success(let outcome) = run else {
      return .unavailable(reason: "bubblewrap could not be started", remedy: generalRemedy)
    }
    if outcome.ending == .succeeded { return .bubblewrap }
    let complaint = TextCleaning.line(
      String(decoding: outcome.complaint, as: UTF8.self), maximumByteCount: 300)
    return .unavailable(
      reason: "the kernel refuses namespaces (\(complaint))", remedy: generalRemedy)
  }

  /// Nil where nothing is wrong.
  public var remedy: String? {
    if case .unavailable(_, let remedy) = self { remedy } else { nil }
  }

  static let bubblewrapPath = "/usr/bin/bwrap"

  private static let generalRemedy =
    "allow user namespaces: sysctl user.max_user_namespaces=10000 kernel.unprivileged_userns_clone=1"
}
