import Foundation

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
    var arguments = bytes(namespaces + fileSystem(limits))
    if let folder {
      arguments += parents(of: Array(folder.utf8)) + bytes(["--ro-bind", folder, folder])
    }
    if let file { arguments += parents(of: file.pathBytes) + view(of: file) }
    arguments += bytes(["--chdir", "/tmp", "--"] + privileges + limitation(limits) + command)
    if let file { arguments.append(file.pathBytes) }
    return ChildProcess(
      arguments: arguments, environment: Self.environment, timeout: limits.timeout,
      maximumOutputByteCount: limits.maximumOutputByteCount,
      inheritedDescriptor: copiedDescriptor)
  }

  private func view(of file: LocalFile) -> [[UInt8]] {
    if copiedDescriptor == nil {
      return bytes(["--ro-bind"]) + [file.pathBytes, file.pathBytes]
    }
    return bytes(["--perms", "0444", "--ro-bind-data", "3"]) + [file.pathBytes]
  }

  /// Makes the folders above a path. Those that bubblewrap makes by itself are closed to anybody
  /// but their owner, who is root where root runs the extractor as somebody else.
  private func parents(of path: [UInt8]) -> [[UInt8]] {
    let separators = path.indices.dropFirst().filter { path[$0] == UInt8(ascii: "/") }
    return separators.flatMap { bytes(["--perms", "0755", "--dir"]) + [Array(path[..<$0])] }
  }

  private func bytes(_ arguments: [String]) -> [[UInt8]] { arguments.map { Array($0.utf8) } }

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
    var arguments = ["--perms", "0755", "--dir", "/etc"]
    arguments += (programs + settings).flatMap { ["--ro-bind-try", $0, $0] }
    arguments += ["--dev", "/dev", "--proc", "/proc", "--perms", "1777"]
    return arguments + [
      "--size", String(limits.maximumTemporarySpace << 20), "--tmpfs", "/tmp",
    ]
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
      "/usr/bin/prlimit", "--as=\(limits.maximumMemory << 20)",
      "--cpu=\(seconds):\(seconds + 1)",
      "--nproc=\(limits.maximumProcessCount)", "--nofile=256", "--core=0",
      "--fsize=\(limits.maximumTemporarySpace << 20)", "--",
    ]
  }
}
