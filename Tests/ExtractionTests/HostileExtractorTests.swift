import Foundation
import TestSupport
import Testing

@testable import Extraction

extension ExternalTests {
  /// What goes wrong in an external extractor costs that file's content, and nothing else.
  @Suite struct Hostile {
    @Test func theMachineConfinesExtractors() async {
      #expect(await Machine.confinement == .bubblewrap)
    }

    @Test func aGoodExtractorIsHeard() async throws {
      let plugin = try await ScriptedPlugin(
        """
        #!/bin/sh
        printf '{"title": "%s", "keywords": ["하나", "two"], "text": "%s"}' "${1##*/}" "$(cat "$1")"
        """)
      let content = try await plugin.run("내용").get()
      #expect(
        content == ExtractedContent(title: "file.x", keywords: ["하나", "two"], text: "내용"))
    }

    @Test func aHangIsEnded() async throws {
      let plugin = try await ScriptedPlugin("#!/bin/sh\nsleep 1000 # @MARK@\n", timeout: 0.5)
      let start = ContinuousClock.now
      #expect(
        try await plugin.run() == .failure(.timedOut(extractor: "scripted", seconds: 0.5)))
      #expect(ContinuousClock.now - start < .seconds(5))
      try await plugin.waitUntilGone()
    }

    @Test func aHangWithClosedOutputIsEnded() async throws {
      let plugin = try await ScriptedPlugin(
        "#!/bin/sh\nexec sleep 1000 >&- 2>&-\n", timeout: 0.5)
      #expect(
        try await plugin.run() == .failure(.timedOut(extractor: "scripted", seconds: 0.5)))
      try await plugin.waitUntilGone()
    }

    @Test func aBusyLoopIsEnded() async throws {
      let plugin = try await ScriptedPlugin("#!/bin/sh\nwhile :; do :; done\n", timeout: 0.5)
      #expect(
        try await plugin.run() == .failure(.timedOut(extractor: "scripted", seconds: 0.5)))
      try await plugin.waitUntilGone()
    }

    @Test func childrenDoNotOutliveIt() async throws {
      let plugin = try await ScriptedPlugin(
        """
        #!/bin/sh
        for i in 1 2 3; do setsid sh -c 'sleep 1000; : @MARK@' & done
        printf '{"title": "done"}'
        """)
      #expect(try await plugin.run() == .success(ExtractedContent(title: "done")))
      try await plugin.waitUntilGone()
    }

    @Test func aForkBombMeetsTheLimit() async throws {
      let plugin = try await ScriptedPlugin(
        """
        #!/usr/bin/perl
        my $count = 0;
        for (1..2000) {
            my $child = fork();
            last unless defined $child;
            if (!$child) { sleep 1000; exit }
            $count++;
        }
        print "{\\"title\\": \\"$count\\"}";
        """)
      let title = try await plugin.run().get().title
      #expect((1..<64).contains(try #require(Int(title))))
      try await plugin.waitUntilGone()
    }

    @Test func endlessAllocationIsRefused() async throws {
      let plugin = try await ScriptedPlugin(
        "#!/usr/bin/perl\nmy @a; while (1) { push @a, 'x' x 10_000_000 }\n",
        maximumMemory: 200)
      guard case .failure(.crashed(_, let status, _)) = try await plugin.run() else {
        Issue.record("It should have crashed.")
        return
      }
      #expect(
        status == .exited(1) || status == .killed(signal: SIGABRT)
          || status == .killed(signal: SIGSEGV))
    }

    @Test func endlessOutputIsCut() async throws {
      let plugin = try await ScriptedPlugin("#!/bin/sh\nhead -c 100000000 /dev/zero\nyes\n")
      #expect(
        try await plugin.run()
          == .failure(.tooMuchOutput(extractor: "scripted", maximumByteCount: 1 << 20)))
      try await plugin.waitUntilGone()
    }

    @Test func endlessComplaintsAreCut() async throws {
      let plugin = try await ScriptedPlugin("#!/bin/sh\nexec yes >&2\n")
      #expect(
        try await plugin.run()
          == .failure(.tooMuchOutput(extractor: "scripted", maximumByteCount: 1 << 20)))
    }

    @Test(arguments: [
      "nonsense", "", "[1]", "{\"title\": 3}", "{\"keywords\": \"a\"}", "{\"keywords\": [1]}",
      "{\"title\": \"a\"", String(repeating: "[", count: 100_000),
    ])
    func nonsenseIsNoticed(_ output: String) async throws {
      let plugin = try await ScriptedPlugin("#!/bin/sh\ncat \"$1\"\n")
      let outcome = try await plugin.run(output.isEmpty ? " " : output)
      guard case .failure(.malformedOutput) = outcome else {
        Issue.record("\(outcome)")
        return
      }
    }

    @Test func wrongBytesAreRepaired() async throws {
      let plugin = try await ScriptedPlugin(
        "#!/bin/sh\nprintf '{\"text\": \"a\\377b\\\\u0007c\\\\ud800\"}'\n")
      let outcome = try await plugin.run()
      if case .success(let content) = outcome {
        expectClean(content)
        #expect(content.text.hasPrefix("a\u{FFFD}b c"))
      } else {
        // A lone surrogate is refused by some JSON readers.
        #expect(
          outcome
            == .failure(
              .malformedOutput(extractor: "scripted", reason: "no JSON object")))
      }
    }

    @Test func aFailureIsReported() async throws {
      let plugin = try await ScriptedPlugin(
        "#!/bin/sh\nprintf 'no \\033[31mluck\\n' >&2\nexit 3\n")
      #expect(
        try await plugin.run()
          == .failure(
            .crashed(extractor: "scripted", status: .exited(3), message: "no [31mluck"))
      )
    }

    @Test func aSignalIsReported() async throws {
      let plugin = try await ScriptedPlugin("#!/bin/sh\nkill -9 $$\n")
      #expect(
        try await plugin.run()
          == .failure(
            .crashed(
              extractor: "scripted", status: .killed(signal: SIGKILL), message: "")))
    }

    @Test func aMissingInterpreterIsReported() async throws {
      let plugin = try await ScriptedPlugin("#!/nowhere/to/be/found\n")
      guard case .failure(.crashed) = try await plugin.run() else {
        Issue.record("It cannot have run.")
        return
      }
    }

    @Test func aMissingHelperIsNamed() async throws {
      let plugin = try await ScriptedPlugin(
        "#!/bin/sh\n", requirements: [.init(program: "no-such-program")])
      #expect(
        try await plugin.run()
          == .failure(
            .missingHelper(
              extractor: "scripted", program: "no-such-program", package: nil)))
    }

    @Test func theNetworkIsOutOfReach() async throws {
      let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      defer { close(listener) }
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_addr.s_addr = inet_addr("127.0.0.1")
      var length = socklen_t(MemoryLayout<sockaddr_in>.size)
      let bound = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(listener, $0, length) == 0 && listen(listener, 5) == 0
            && getsockname(listener, $0, &length) == 0
        }
      }
      try #require(bound)
      let port = UInt16(bigEndian: address.sin_port)
      let script = """
        use Socket;
        socket(my $s, PF_INET, SOCK_STREAM, 0) or print('{"title": "no socket"}'), exit;
        my $ok = connect($s, sockaddr_in(\(port), inet_aton("127.0.0.1")));
        print $ok ? '{"title": "connected"}' : '{"title": "refused"}';
        """
      let plugin = try await ScriptedPlugin("#!/usr/bin/perl\n" + script)
      let title = try await plugin.run().get().title
      #expect(title == "refused" || title == "no socket")
      // The same script reaches the port from outside, so it is the confinement that refuses.
      let outside = try await Program("/usr/bin/perl", ["-e", script]).run()
      #expect(outside.output == "{\"title\": \"connected\"}")
    }

    @Test func otherFilesAreOutOfReach() async throws {
      let secret = try TemporaryFolder()
      let file = try secret.write("secret".utf8, as: "secret")
      let plugin = try await ScriptedPlugin(
        """
        #!/bin/sh
        cat \(file.description) /root/.profile /etc/passwd 2>/dev/null
        echo x >>"$1" && echo file; echo x >>"$0" && echo itself; touch /usr/x && echo system
        touch /tmp/x && printf '{"title": "%s"}' "$(pwd)"
        """)
      #expect(try await plugin.run() == .success(ExtractedContent(title: "/tmp")))
    }

    @Test func theEnvironmentIsClean() async throws {
      setenv("NEARFIND_TEST_SECRET", "secret", 1)
      defer { unsetenv("NEARFIND_TEST_SECRET") }
      let plugin = try await ScriptedPlugin(
        "#!/bin/sh\nprintf '{\"title\": \"%s\", \"text\": \"%s\"}' \"$(env | grep -c SECRET)\" \"$(ls /proc/self/fd | tr '\\n' ' ')\"\n"
      )
      let leaked = open("/dev/null", O_RDONLY)
      defer { close(leaked) }
      let content = try await plugin.run().get()
      #expect(content.title == "0")
      // Its three streams, and what `ls` itself opens.
      #expect(content.text == "0 1 2 3")
    }

    @Test func cancellingKills() async throws {
      let plugin = try await ScriptedPlugin(
        "#!/bin/sh\nsleep 1000 # @MARK@\n", timeout: 100)
      let task = Task { try await plugin.run() }
      let mark = String(plugin.folder.path.suffix(36)) + "/extract"
      try await wait(until: "the plug-in runs") { !Machine.processes(mentioning: mark).isEmpty }
      let start = ContinuousClock.now
      task.cancel()
      #expect(try await task.value == .failure(.cancelled))
      #expect(ContinuousClock.now - start < .seconds(5))
      try await plugin.waitUntilGone()
    }

    @Test func nothingLeaks() async throws {
      let plugin = try await ScriptedPlugin("#!/bin/sh\necho '{}'\n")
      let hanging = try await ScriptedPlugin("#!/bin/sh\nsleep 1000\n", timeout: 0.2)
      let descriptors = {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd"))?.count ?? 0
      }
      _ = try await plugin.run()
      let before = descriptors()
      for _ in 0..<20 { #expect(try await plugin.run() == .success(.empty)) }
      for _ in 0..<5 { _ = try await hanging.run() }
      // Other suites read files meanwhile; a leak would be two descriptors a run.
      #expect(descriptors() < before + 25)
      try await plugin.waitUntilGone()
      try await hanging.waitUntilGone()
      // Those of other suites come and go meanwhile; a leaked one stays.
      let seen = Set(Self.zombies())
      try await wait(until: "no zombie stays") { seen.isDisjoint(with: Self.zombies()) }
    }

    @Test func manyAtOnce() async throws {
      let plugin = try await ScriptedPlugin(
        "#!/bin/sh\nprintf '{\"text\": \"%s\"}' \"$(cat \"$1\")\"\n")
      let texts = try await withThrowingTaskGroup(of: (String, String).self) { group in
        for index in 0..<24 {
          let file = try plugin.folder.write("content \(index)".utf8, as: "\(index).x")
          group.addTask {
            ("content \(index)", try await plugin.extractor.extract(file: file).text)
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(texts.count == 24)
      #expect(texts.allSatisfy { $0.0 == $0.1 })
    }

    @Test func aFileThatOnlyItsOwnerMayReadIsRead() async throws {
      let plugin = try await ScriptedPlugin(
        "#!/bin/sh\nprintf '{\"text\": \"%s\"}' \"$(cat \"$1\")\"\n")
      let file = try plugin.folder.write("private".utf8, as: "private.x")
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o600], ofItemAtPath: file.description)
      #expect(try await plugin.extractor.extract(file: file).text == "private")
    }

    @Test func whereNothingConfinesNothingRuns() async throws {
      let plugin = try await ScriptedPlugin("#!/bin/sh\necho '{}'\n")
      let extractor = ExternalExtractor(
        manifest: plugin.extractor.manifest, folder: plugin.folder.path,
        confinement: .unavailable(reason: "refused", remedy: "do this"))
      let file = try plugin.folder.write("x".utf8, as: "file.x")
      await #expect(
        throws: ExtractionError.unconfined(
          extractor: "scripted", reason: "refused; do this")
      ) {
        try await extractor.extract(file: file)
      }
    }

    /// The children of this process that ended and were not reaped.
    private static func zombies() -> [String] {
      let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
      return entries.filter { entry in
        guard Int(entry) != nil,
          let data = FileManager.default.contents(atPath: "/proc/\(entry)/stat")
        else { return false }
        let fields = String(decoding: data, as: UTF8.self).split(separator: ")").last?
          .split(separator: " ")
        return fields?.first == "Z" && fields?.dropFirst().first == "\(getpid())"
      }
    }
  }
}
