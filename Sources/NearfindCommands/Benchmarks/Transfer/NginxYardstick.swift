import Foundation

/// nginx that gives a folder over mutual TLS, with a configuration of its own, and curl that fetches
/// from it.
final class NginxYardstick {
  private let process: Process
  private let folder: ScratchFolder
  private let port: Int

  /// - Returns: nil where there is no such program.
  init?(program: String, serving root: String, in folder: ScratchFolder) throws {
    guard FileManager.default.isExecutableFile(atPath: program) else { return nil }
    self.folder = folder
    port = try Self.freePort()
    try Self.makeCertificate(in: folder)
    let configuration = Self.configuration(root: root, port: port, folder: folder)
    try configuration.write(
      toFile: folder.path("nginx.conf"), atomically: true, encoding: .utf8)
    process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = ["-c", folder.path("nginx.conf"), "-p", folder.path(""), "-e", "stderr"]
    process.standardError = FileHandle.nullDevice
    try Self.start(process)
  }

  /// A program inherits the signals that the thread which starts it has blocked, and the threads that
  /// tasks run on have blocked all: then alarms and requests to end would never reach it.
  private static func start(_ process: Process) throws {
    var none = sigset_t()
    var former = sigset_t()
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, &former)
    defer { pthread_sigmask(SIG_SETMASK, &former, nil) }
    try process.run()
  }

  deinit {
    process.terminate()
    process.waitUntilExit()
  }

  /// As a busy server would be set up for large files: one process, large buffers.
  private static func configuration(
    root: String, port: Int, folder: ScratchFolder
  ) -> String {
    """
    daemon off;
    master_process off;
    pid \(folder.path("nginx.pid"));
    events { worker_connections 64; }
    http {
      access_log off;
      sendfile off;
      tcp_nodelay on;
      output_buffers 4 256k;
      client_body_temp_path \(folder.path("nginx-body"));
      proxy_temp_path \(folder.path("nginx-proxy"));
      fastcgi_temp_path \(folder.path("nginx-fastcgi"));
      uwsgi_temp_path \(folder.path("nginx-uwsgi"));
      scgi_temp_path \(folder.path("nginx-scgi"));
      server {
        listen 127.0.0.1:\(port) ssl;
        ssl_protocols TLSv1.3;
        ssl_certificate \(folder.path("nginx.crt"));
        ssl_certificate_key \(folder.path("nginx.key"));
        ssl_verify_client on;
        ssl_client_certificate \(folder.path("nginx.crt"));
        root \(root);
      }
    }
    """
  }

  private static func makeCertificate(in folder: ScratchFolder) throws {
    try run(
      "/usr/bin/openssl",
      [
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
        "1", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout",
        folder.path("nginx.key"), "-out", folder.path("nginx.crt"),
      ])
  }

  /// One that was free a moment ago.
  private static func freePort() throws -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let port = withUnsafeMutablePointer(to: &address) { pointer -> Int? in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
        guard bind(descriptor, raw, length) == 0, getsockname(descriptor, raw, &length) == 0 else {
          return nil
        }
        return Int(UInt16(bigEndian: pointer.pointee.sin_port))
      }
    }
    guard let port else { throw CommandFailure.failed("No port of 127.0.0.1 is free.") }
    return port
  }

  /// Fetches a file to nowhere with curl.
  ///
  /// - Returns: seconds.
  func fetch(_ name: String) throws -> Double {
    let arguments = [
      "--silent", "--show-error", "--fail", "--tlsv1.3", "--cacert", folder.path("nginx.crt"),
      "--cert", folder.path("nginx.crt"), "--key", folder.path("nginx.key"), "--retry", "20",
      "--retry-connrefused", "--retry-delay", "1", "--output", "/dev/null",
      "https://127.0.0.1:\(port)/\(name)",
    ]
    let start = ContinuousClock.now
    try Self.run("/usr/bin/curl", arguments)
    return (ContinuousClock.now - start).inSeconds
  }

  @discardableResult
  static func run(_ program: String, _ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try start(process)
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw CommandFailure.failed("\(program) ended with \(process.terminationStatus).")
    }
    return String(decoding: output, as: UTF8.self)
  }
}
