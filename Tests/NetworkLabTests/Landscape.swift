/// The networks of the tests.
enum Landscape {
  static let central = "198.18.0.11"
  static let central6 = "2001:db8:0:1::11"

  /// Every situation once: 28 hosts.
  static let everything = core([
    // A plain router; one of its hosts drops all probes.
    wan(
      1,
      Router(
        "e1", .plain,
        lan(
          1,
          Member.hosts("plain", "h11", "h12", "h13") + [
            .host(Host(name: "h14", band: "plain", isQuiet: true))
          ]))),
    // Two LANs on one router.
    wan(
      2,
      Router(
        "e2", .plain, lan(2, Member.hosts("two LANs", "h21", "h22")),
        Segment("198.18.12", "2001:db8:2:12", Member.hosts("two LANs", "h23")))),
    // A home behind address translation among plain hosts.
    wan(
      3,
      Router(
        "e3", .plain,
        lan(
          3,
          Member.hosts("third", "h31", "h32") + [
            .router(home("homex", Member.hosts("third", "x1")))
          ]))),
    // Two levels: the lower routers decide.
    wan(
      5,
      Router(
        "e5", .plain,
        Segment(
          "198.18.151", "2001:db8:5:151",
          [
            .router(
              Router(
                "d5a", .plain,
                Segment("198.18.51", "2001:db8:5:51", Member.hosts("lower a", "t1", "t2"))))
          ]),
        Segment(
          "198.18.152", "2001:db8:5:152",
          [
            .router(
              Router(
                "d5b", .plain,
                Segment("198.18.52", "2001:db8:5:52", Member.hosts("lower b", "t3", "t4"))))
          ]))),
    // Silent routers right above the hosts, and one further up.
    wan(6, Router("e6", .silent, lan(6, Member.hosts("silent six", "s1", "s2")))),
    wan(9, Router("e9", .silent, lan(9, Member.hosts("silent nine", "w1")))),
    wan(
      4,
      Router(
        "e4", .silent,
        Segment(
          "198.18.141", "2001:db8:4:141",
          [
            .router(
              Router(
                "d4", .plain,
                Segment("198.18.41", "2001:db8:4:41", Member.hosts("below silence", "u1", "u2"))))
          ]))),
    // A provider with homes that number themselves alike, and a second translation above two more.
    wan(
      7,
      Router(
        "isp", .plain,
        Segment(
          "198.18.7", "2001:db8:7:0",
          [
            .router(home("homea", "2001:db8:7:a01", Member.hosts("provider", "n1", "n2"))),
            .router(home("homeb", "2001:db8:7:b01", Member.hosts("provider", "m1", "m2"))),
            .router(
              Router(
                "carrier", .translating,
                Segment(
                  "100.64.0", nil,
                  [
                    .router(home("homec", Member.hosts("provider", "g1"))),
                    .router(home("homed", Member.hosts("provider", "g2"))),
                  ]))),
            .router(
              Router(
                "homeq", .translatingQuietly,
                Segment("192.168.0", nil, Member.hosts("provider", "q1")))),
          ]))),
    // Private addresses that the central server sees as they are.
    wan(
      8, Router("e8", .plain, Segment("10.8.0", "2001:db8:8:1", Member.hosts("campus", "p1", "p2")))
    ),
  ])

  /// The bands of ``everything``.
  static let keys = [
    "plain": "r:198.18.101.11", "two LANs": "r:198.18.102.11", "third": "r:198.18.103.11",
    "lower a": "r:198.18.151.11", "lower b": "r:198.18.152.11",
    "silent six": "4:198.18.6.0/24", "silent nine": "4:198.18.9.0/24",
    "below silence": "r:198.18.141.11", "provider": "r:198.18.107.11",
    "campus": "r:198.18.108.11",
  ]

  /// IPv6 bands are sites: what is behind one uplink.
  static let keys6 = [
    "plain": "6:2001:db8:1::/48", "two LANs": "6:2001:db8:2::/48", "third": "6:2001:db8:3::/48",
    "lower a": "6:2001:db8:5::/48", "lower b": "6:2001:db8:5::/48",
    "silent six": "6:2001:db8:6::/48", "silent nine": "6:2001:db8:9::/48",
    "below silence": "6:2001:db8:4::/48", "provider": "6:2001:db8:7::/48",
    "campus": "6:2001:db8:8::/48",
  ]

  /// 40 hosts who join at once: one router with ten LANs, more than it answers for at a time, and
  /// five plain ones.
  static let crowd = core(
    [
      wan(
        1,
        Router(
          "wide", .plain,
          (1...10).map { number in
            Segment("198.18.\(number)", nil, Member.hosts("wide", "a\(number)", "b\(number)"))
          }))
    ]
      + (2...6).map { number in
        wan(
          number,
          Router(
            "e\(number)", .plain,
            Segment(
              "198.18.2\(number)", nil,
              (1...4).map { .host(Host(name: "c\(number)\($0)", band: "e\(number)")) })))
      })

  static let crowdKeys = Dictionary(
    uniqueKeysWithValues: [("wide", "r:198.18.101.11")]
      + (2...6).map { ("e\($0)", "r:198.18.10\($0).11") })

  /// Three machines behind one router, and three behind one each, which are as far away as another
  /// continent by a bad connection.
  static let far = core(
    [
      wan(1, Router("near", .plain, lan(1, Member.hosts("near", "ann", "bob", "cat"))))
    ]
      + ["dan", "eve", "fay"].enumerated().map { place, name in
        var router = Router("far-\(name)", .plain, lan(2 + place, Member.hosts(name, name)))
        router.farness = Router.Farness(milliseconds: 200, loss: 0.05)
        return wan(2 + place, router)
      })

  private static func core(_ edges: [Segment]) -> Router {
    let middle = Segment("198.18.0", "2001:db8:0:1", Member.hosts("central", "central"))
    return Router("core", .plain, [middle] + edges)
  }

  /// The way from the core to one router.
  private static func wan(_ number: Int, _ edge: Router) -> Segment {
    Segment("198.18.10\(number)", "2001:db8:100\(number)", [.router(edge)])
  }

  private static func lan(_ number: Int, _ members: [Member]) -> Segment {
    Segment("198.18.\(number)", "2001:db8:\(number):1", members)
  }

  private static func home(_ name: String, _ hosts: [Member]) -> Router {
    home(name, nil, hosts)
  }

  private static func home(_ name: String, _ prefix6: String?, _ hosts: [Member]) -> Router {
    Router(name, .translating, Segment("192.168.0", prefix6, hosts))
  }
}
