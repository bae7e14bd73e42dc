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

/// What one run may use.
struct ResourceLimits {
  /// Wall time in seconds; the processor time of each process is bounded by it too.
  var timeout: Double
  var maximumOutputByteCount = 1 << 20
  /// Address space of each process, in MiB.
  var maximumMemory = 1024
  /// Processes and threads together.
  var maximumProcessCount = 64
  /// Each file, and the temporary folder as a whole, in MiB.
  var maximumTemporarySpace = 64
}

/// The command line of one confined run.
struct SandboxInvocation {
  /// Absolute path first.
  var command: [String]
  /// The plug-in's own folder.
  var folder: String?
  /// The file to read, seen at its own path and handed to the command as its last argument.
  var file: LocalFile?
  /// Where root runs the extractor: the file's content comes over descriptor 3, because the
  /// program that reads it is a user who may not open it.
  var copiedDescriptor: Int32?

  func process(limits: ResourceLimits) -> ChildProcess {
    var arguments = (namespaces + fileSystem(limits)).map { Array($0.utf8) }
    if let folder { arguments += ["--ro-bind", folder, folder].map { Array($0.utf8) } }
    if let file {
      arguments +=
        copiedDescriptor == nil
        ? [Array("--ro-bind".utf8), file.pathBytes, file.pathBytes]
        : ["--perms", "0444", "--ro-bind-data", "3"].map { Array($0.utf8) } + [file.pathBytes]
    }
    arguments += (["--chdir", "/tmp", "--"] + privileges + limitation(limits) + command).map {
      Array($0.utf8)
    }
    if let file { arguments.append(file.pathBytes) }
    return ChildProcess(
      arguments: arguments, environment: Self.environment, timeout: limits.timeout,
      maximumOutputByteCount: limits.maximumOutputByteCount,
      inheritedDescriptor: copiedDescriptor)
  }

  static let searchPath = ["/usr/local/bin", "/usr/bin", "/bin"]

  private static let environment = [
    "PATH=" + searchPath.joined(separator: ":"), "LANG=C.UTF-8", "HOME=/tmp", "TMPDIR=/tmp",
  ]

  private var namespaces: [String] {
    let general = [
      Confinement.bubblewrapPath, "--unshare-net", "--unshare-pid", "--unshare-ipc",
      "--unshare-uts", "--unshare-cgroup-try", "--die-with-parent", "--new-session",
    ]
    // Root needs these three for a moment, to become nobody.
    let ofRoot = [
      "--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID", "--cap-add",
      "CAP_SETPCAP",
    ]
    return geteuid() == 0 ? general + ofRoot : general
  }

  private func fileSystem(_ limits: ResourceLimits) -> [String] {
    let programs = ["/usr", "/bin", "/sbin", "/lib", "/lib64", "/lib32", "/opt"]
    let settings = ["/etc/ld.so.cache", "/etc/alternatives", "/etc/fonts", "/etc/localtime"]
    var arguments = (programs + settings).flatMap { ["--ro-bind-try", $0, $0] }
    arguments += ["--dev", "/dev", "--proc", "/proc", "--perms", "1777"]
    return arguments + ["--size", String(limits.maximumTemporarySpace << 20), "--tmpfs", "/tmp"]
  }

  /// Run by root, an extractor becomes a user that no one else is: it may nothing, and the limit
  /// on processes, which the kernel counts by user and does not apply to root, counts its own.
  private var privileges: [String] {
    guard geteuid() == 0 else { return [] }
    let user = String(UnownedUser.next())
    return [
      "/usr/bin/setpriv", "--reuid", user, "--regid", user, "--clear-groups",
      "--bounding-set", "-all", "--inh-caps", "-all", "--no-new-privs", "--",
    ]
  }

  private func limitation(_ limits: ResourceLimits) -> [String] {
    let seconds = Int(limits.timeout.rounded(.up))
    return [
      "/usr/bin/prlimit", "--as=\(limits.maximumMemory << 20)", "--cpu=\(seconds):\(seconds + 1)",
      "--nproc=\(limits.maximumProcessCount)", "--nofile=256", "--core=0",
      "--fsize=\(limits.maximumTemporarySpace << 20)", "--",
    ]
  }
}
