import Foundation
import Testing

/// Files of machines that nobody can connect to, with the real program in real networks behind
/// address translation.
@Suite(.serialized, .enabled { await NetworkLab.isPossible() }) struct ReachingTests {
  /// One band with a virtual server and a home whose machine has the file, and two more bands: a plain
  /// machine, and one in another home.
  private static let core = Router(
    "core", .plain,
    [
      Segment("198.18.0", nil, Member.hosts("central", "central")),
      Segment(
        "198.18.101", nil,
        [
          .router(
            Router(
              "edge1", .plain,
              Segment(
                "198.18.1", nil,
                Member.hosts("first", "server") + [
                  .router(
                    Router(
                      "home1", .translating,
                      Segment("192.168.0", nil, Member.hosts("first", "owner"))))
                ])))
        ]),
      Segment(
        "198.18.102", nil,
        [
          .router(
            Router("edge2", .plain, Segment("198.18.2", nil, Member.hosts("second", "plain"))))
        ]),
      Segment(
        "198.18.103", nil,
        [
          .router(
            Router(
              "edge3", .plain,
              Segment(
                "198.18.3", nil,
                [
                  .router(
                    Router(
                      "home3", .translating,
                      Segment("192.168.0", nil, Member.hosts("third", "hidden"))))
                ])))
        ]),
    ])

  @Test func filesComeFromBehindAddressTranslation() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "reaching-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let script = LabScript(core: Self.core, folder: folder, answersWithoutLimit: true)
    try script.write(running: Self.commands)
    let result = try await LabShell.run(script: folder.appending(path: "run").path)
    func text(_ name: String) -> String {
      (try? String(contentsOf: folder.appending(path: name), encoding: .utf8)) ?? ""
    }
    let logs = ["central", "server", "owner", "plain", "hidden"].map {
      "== \($0)\n" + text($0 + ".log")
    }
    try #require(result.status == 0, "\(result.text)\n\(logs.joined(separator: "\n"))")
    // Nobody gets in through the home's router.
    #expect(text("direct") == "refused\n")
    // The file came, whole, to both; and it went through a relay only where nobody listens.
    #expect(text("plain.compared") == "same\n")
    #expect(text("hidden.compared") == "same\n")
    #expect(text("relays.before") == "0\n")
    #expect(text("relays.after") != "0\n")
    for (name, reachable) in [
      ("server", true), ("owner", false), ("plain", true), ("hidden", false),
    ] {
      let doctor = text(name + ".doctor")
      #expect(
        doctor.contains("others can connect to this machine") == reachable, "\(name): \(doctor)")
      #expect(doctor.contains("forward TCP port") != reachable, "\(name): \(doctor)")
    }
    print(
      text("owner.doctor").split(separator: "\n").filter {
        $0.contains("reach") || $0.contains("→")
      })
  }

  /// `on HOST COMMAND…` runs the program there with a data directory of its own; `spawn` does it in a
  /// process that is the job itself, so that it ends with the script.
  private static var commands: String {
    """
    nearfind='\(NetworkLab.nearfind)'
    on() { host=$1; shift; HOME="$PWD/$host.home" NEARFIND_DATA="$PWD/$host.data" \\
      nsenter --net=/run/netns/$host "$nearfind" "$@"; }
    spawn() { host=$1; shift; export HOME="$PWD/$host.home" NEARFIND_DATA="$PWD/$host.data"
      exec nsenter --net=/run/netns/$host "$nearfind" "$@"; }
    until_done() { for try in $(seq 600); do "$@" && return; sleep 0.1; done; echo "in vain: $*"; false; }
    mkdir central.home
    spawn central central --data central.data --listen 198.18.0.11:7000 >central.log 2>&1 &
    until_done grep -q 'Fingerprint: ' central.log
    fingerprint=$(sed -n 's/.*Fingerprint: //p' central.log | head -1)
    for host in server owner plain hidden; do
      mkdir $host.home $host.shared
      echo "correct horse battery $host" >$host.password
      on $host register 198.18.0.11:7000 --user $host --fingerprint "$fingerprint" \\
        --password-file $host.password >$host.registered 2>&1
    done
    head -c 3000000 /dev/urandom | base64 >owner.shared/treasure.txt
    echo hello >server.shared/greeting.txt
    start() { on $1 index $1.shared >$1.indexed 2>&1; spawn $1 up --capacity 5 >$1.log 2>&1 &
      until_done sh -c "on_status=\\$(HOME='$PWD/$1.home' '$nearfind' status --data '$PWD/$1.data' 2>&1); \\
        echo \\"\\$on_status\\" | grep -q 'group [0-9]' && ! echo \\"\\$on_status\\" | grep -q 'being started'"; }
    for host in server owner plain hidden; do start $host; done
    port=$(on owner status | sed -n 's/.*other machines at port //p')
    if nsenter --net=/run/netns/plain timeout 5 bash -c "exec 3<>/dev/tcp/198.18.1.12/$port" 2>/dev/null
    then echo open >direct; else echo refused >direct; fi
    found() { on $1 search --scope everywhere --strict treasure | grep -q treasure.txt; }
    fetch() { on $1 get 1 --to $1.treasure >>$1.got 2>&1; }
    compare() { cmp -s $1.treasure owner.shared/treasure.txt && echo same >$1.compared; }
    until_done found plain
    until_done fetch plain
    compare plain
    grep -c 'A relay ended' server.log >relays.before || true
    until_done found hidden
    until_done fetch hidden
    compare hidden
    until_done grep -q 'A relay ended' server.log
    grep -c 'A relay ended' server.log >relays.after
    for host in server owner plain hidden; do on $host doctor >$host.doctor 2>&1 || true; done
    """
  }
}
