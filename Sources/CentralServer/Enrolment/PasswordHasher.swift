import Crypto
import CryptoExtras
@preconcurrency import Dispatch
import Foundation

/// Derives verifiers from passwords, a few at a time and never more than may wait: a loop of wrong
/// passwords costs neither all memory nor all processors.
///
/// Derivations run on threads of their own, never on Swift's cooperative ones.
public actor PasswordHasher {
  public struct Limits: Hashable, Sendable {
    /// How many derivations run side by side; each takes ``ScryptParameters``' memory.
    public var running: Int
    /// How many more may wait.
    public var waiting: Int

    public init(running: Int = 1, waiting: Int = 64) {
      self.running = max(1, running)
      self.waiting = max(0, waiting)
    }
  }

  public nonisolated let parameters: ScryptParameters
  private let limits: Limits
  private let queue = DispatchQueue(label: "nearfind.passwords", attributes: .concurrent)
  private var running = 0
  private var waiting: [CheckedContinuation<Void, Never>] = []
  /// The most that ran side by side so far, for tests and metrics.
  private(set) var mostRunning = 0
  /// How many derivations there were so far, for tests and metrics.
  private(set) var derivationCount = 0
  /// Compared with when there is no such user, so that the answer takes as long.
  private nonisolated let nobody: PasswordVerifier

  public init(parameters: ScryptParameters = .standard, limits: Limits = Limits()) {
    self.parameters = parameters
    self.limits = limits
    // No password derives to it, but for one chance in 2^256.
    nobody = PasswordVerifier(
      parameters: parameters, salt: Self.randomBytes(16), key: Self.randomBytes(32))
  }

  /// A verifier of a new password, with a salt of its own.
  public func verifier(of password: Password) async throws(PasswordHasherError)
    -> PasswordVerifier
  {
    let salt = Self.randomBytes(16)
    let key = try await derive(password, salt: salt, parameters)
    return PasswordVerifier(parameters: parameters, salt: salt, key: key)
  }

  /// Whether the password is the one; takes as long for nil, of which no password is the one.
  public func check(
    _ password: Password, _ verifier: PasswordVerifier?
  ) async throws(PasswordHasherError) -> Bool {
    let expected = verifier ?? nobody
    let key = try await derive(password, salt: expected.salt, expected.parameters)
    return Self.equal(key, expected.key) && verifier != nil
  }

  private func derive(
    _ password: Password, salt: [UInt8], _ parameters: ScryptParameters
  ) async throws(PasswordHasherError) -> [UInt8] {
    try await begin()
    derivationCount += 1
    let key: [UInt8]? = await withCheckedContinuation { continuation in
      queue.async {
        let key = try? KDF.Scrypt.deriveKey(
          from: password.bytes.isEmpty ? [0] : password.bytes, salt: salt, outputByteCount: 32,
          rounds: 1 << parameters.costExponent, blockSize: parameters.blockSize,
          parallelism: parameters.parallelism)
        continuation.resume(returning: key.map { $0.withUnsafeBytes { Array($0) } })
      }
    }
    end()
    guard let key else { throw .outOfMemory }
    return key
  }

  private func begin() async throws(PasswordHasherError) {
    if running < limits.running {
      running += 1
      mostRunning = max(mostRunning, running)
      return
    }
    guard waiting.count < limits.waiting else { throw .busy }
    // Whoever ends hands its place on, so `running` stays.
    await withCheckedContinuation { waiting.append($0) }
  }

  private func end() {
    if waiting.isEmpty { running -= 1 } else { waiting.removeFirst().resume() }
  }

  /// Takes the same time wherever the two differ.
  private static func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    return zip(left, right).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
  }

  private static func randomBytes(_ count: Int) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
  }
}

/// Why a password was not hashed. Try again later.
public enum PasswordHasherError: Error, Hashable, Sendable {
  /// As many as may wait are waiting.
  case busy
  /// The machine has no memory for it.
  case outOfMemory
}
