import Testing

@testable import CentralServer

@Suite("Passwords") struct PasswordTests {
  static let light = ScryptParameters(costExponent: 4, blockSize: 8, parallelism: 1)

  @Test func rulesOfNewOnes() throws {
    let user = try UserIdentifier("Straße")
    let cases: [(String, PasswordError)] = [
      ("short", .tooShort), ("aaaaaaaaaaaabbb", .tooUniform), ("strasse123", .containsIdentifier),
      ("STRASSE-STRASSE", .containsIdentifier), ("with\ttab and more", .controlCharacter),
      (String(repeating: "abcde", count: 201), .tooLong),
      (String(repeating: "x", count: 1 << 20), .tooLong),
    ]
    for (text, error) in cases {
      #expect(throws: error, "\(text.prefix(20))") { try Password(new: text, of: user) }
    }
    for text in ["correct horse", "비밀번호는길어야한다고", "strasse und noch viel mehr"] {
      #expect(throws: Never.self, "\(text)") { try Password(new: text, of: user) }
    }
  }

  @Test func oneSpellingOfItIsAsGoodAsAnother() async throws {
    let hasher = PasswordHasher(parameters: Self.light)
    let user = try UserIdentifier("user")
    let verifier = try await hasher.verifier(of: Password(new: "déjà vu encore", of: user))
    let decomposed = try #require(Password("de\u{301}ja\u{300} vu encore"))
    #expect(try await hasher.check(decomposed, verifier))
    #expect(try await !hasher.check(#require(Password("deja vu encore")), verifier))
    #expect(try await !hasher.check(decomposed, nil))
  }

  @Test func verifiersHaveTheirOwnSaltAndAreReadAgain() async throws {
    let hasher = PasswordHasher(parameters: Self.light)
    let password = try #require(Password("correct horse"))
    let first = try await hasher.verifier(of: password)
    let second = try await hasher.verifier(of: password)
    #expect(first != second)
    #expect(PasswordVerifier(first.description) == first)
    #expect(first.description.hasPrefix("$scrypt$ln=4,r=8,p=1$"))
  }

  /// The test vector of RFC 7914 that has the parameters of today but for N.
  @Test func isScrypt() async throws {
    let salt = Array("SodiumChloride".utf8)
    let parameters = ScryptParameters(costExponent: 14, blockSize: 8, parallelism: 1)
    let key: [UInt8] = [
      0x70, 0x23, 0xbd, 0xcb, 0x3a, 0xfd, 0x73, 0x48, 0x46, 0x1c, 0x06, 0xcd, 0x81, 0xfd, 0x38,
      0xeb, 0xfd, 0xa8, 0xfb, 0xba, 0x90, 0x4f, 0x8e, 0x3e, 0xa9, 0xb5, 0x43, 0xf6, 0x54, 0x5d,
      0xa1, 0xf2,
    ]
    let verifier = PasswordVerifier(parameters: parameters, salt: salt, key: key)
    let hasher = PasswordHasher()
    #expect(hasher.parameters.memory == 32 << 20)
    #expect(try await hasher.check(#require(Password("pleaseletmein")), verifier))
  }

  @Test func verifiersThatNobodyWroteAreRefused() {
    let salt = "AAAAAAAAAAAAAAAAAAAAAA=="
    let key = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
    #expect(PasswordVerifier("$scrypt$ln=15,r=8,p=1$\(salt)$\(key)") != nil)
    for text in [
      "", "$", "$scrypt$$$", "$bcrypt$ln=15,r=8,p=1$\(salt)$\(key)",
      "$scrypt$ln=63,r=8,p=1$\(salt)$\(key)", "$scrypt$ln=20,r=32,p=1$\(salt)$\(key)",
      "$scrypt$ln=-1,r=8,p=1$\(salt)$\(key)", "$scrypt$ln=15,r=8,p=99$\(salt)$\(key)",
      "$scrypt$ln=15,r=9223372036854775807,p=1$\(salt)$\(key)", "$scrypt$ln=15,p=1$\(salt)$\(key)",
      "$scrypt$ln=15,r=8,p=1$\(salt)$AAAA", "$scrypt$ln=15,r=8,p=1$\(salt)$\(key)$",
    ] {
      #expect(PasswordVerifier(text) == nil, "\(text)")
    }
  }

  @Test func aLoopOfPasswordsTakesNoMoreThanItsShare() async throws {
    let parameters = ScryptParameters(costExponent: 12, blockSize: 8, parallelism: 1)
    let hasher = PasswordHasher(
      parameters: parameters, limits: PasswordHasher.Limits(running: 2, waiting: 5))
    let password = try #require(Password("correct horse"))
    let outcomes = await withTaskGroup(of: PasswordHasherError?.self) { group in
      for _ in 0..<200 {
        group.addTask {
          do {
            _ = try await hasher.check(password, nil)
            return nil
          } catch {
            return error as? PasswordHasherError
          }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(outcomes.count == 200)
    #expect(outcomes.contains(PasswordHasherError.busy))
    #expect(outcomes.count { $0 == nil } >= 7)
    #expect(await hasher.mostRunning == 2)
    // Afterwards there is room again.
    #expect(try await !hasher.check(password, nil))
  }
}
