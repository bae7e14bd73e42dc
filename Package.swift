// swift-tools-version: 6.0
import PackageDescription

/// The modules of the house and whom each may import, in the order of the design: a module imports
/// only what stands in its own list. `Tests/HouseTests` holds the sources to the same lists.
let package = Package(
  name: "nearfind",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "nearfind", targets: ["nearfind"])
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
    .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
  ],
  targets: [
    .target(
      name: "CXapian",
      path: "CXapian",
      linkerSettings: [.linkedLibrary("xapian"), .linkedLibrary("z")]
    ),
    .target(name: "SearchModel"),
    .target(name: "TextAnalysis", dependencies: ["SearchModel"]),
    .target(name: "QueryLanguage", dependencies: ["SearchModel"]),
    .target(name: "XapianEngine", dependencies: ["SearchModel", "TextAnalysis", "CXapian"]),
    .target(name: "MemoryEngine", dependencies: ["SearchModel", "TextAnalysis"]),
    .target(
      name: "Extraction", dependencies: ["SearchModel"], resources: [.copy("Plugins")]),
    .target(name: "RouterBands"),
    .target(name: "RouteTracing", dependencies: ["RouterBands"]),
    .target(name: "Placement", dependencies: ["RouterBands"]),
    .target(name: "Cascade", dependencies: ["SearchModel", "RouterBands"]),
    .target(
      name: "Protocol",
      dependencies: [
        "SearchModel",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "NIOTLS", package: "swift-nio"),
        .product(name: "SwiftASN1", package: "swift-asn1"),
        .product(name: "X509", package: "swift-certificates"),
      ]
    ),
    .systemLibrary(
      name: "CPostgreSQL", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .target(
      name: "CentralServer",
      dependencies: [
        "Placement", "Protocol", "RouteTracing", "RouterBands", "CPostgreSQL",
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "CryptoExtras", package: "swift-crypto"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
      ]
    ),
    .target(
      name: "VirtualServer",
      dependencies: [
        "Cascade", "Protocol", "RouterBands", "SearchModel",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
      ]
    ),
    .target(name: "RelevanceEvaluation", dependencies: ["SearchModel"]),
    .target(
      name: "Node",
      dependencies: [
        "Extraction", "Protocol", "RouteTracing", "RouterBands", "SearchModel",
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "SystemPackage", package: "swift-system"),
      ]
    ),
    .target(
      name: "NearfindCommands",
      dependencies: [
        "SearchModel", "TextAnalysis", "QueryLanguage", "XapianEngine", "MemoryEngine",
        "Extraction", "RelevanceEvaluation", "RouterBands", "RouteTracing", "Protocol",
        "Cascade", "CentralServer", "VirtualServer", "Node", "Placement",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ]
    ),
    .executableTarget(name: "nearfind", dependencies: ["NearfindCommands"]),
    .target(
      name: "TestSupport",
      dependencies: [
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      path: "Tests/TestSupport"
    ),
    .target(
      name: "PeerTesting",
      dependencies: [
        "TestSupport", "Protocol",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ],
      path: "Tests/PeerTesting"
    ),
    .target(
      name: "EngineConformance",
      dependencies: ["Cascade", "SearchModel", "TextAnalysis", "MemoryEngine", "TestSupport"],
      path: "Tests/EngineConformance"
    ),
    .testTarget(
      name: "XapianEngineTests",
      dependencies: [
        "TestSupport",
        "XapianEngine", "EngineConformance", "MemoryEngine", "SearchModel", "TextAnalysis",
        "CXapian",
      ]),
    .testTarget(
      name: "MemoryEngineTests",
      dependencies: [
        "TestSupport", "MemoryEngine", "EngineConformance", "SearchModel", "TextAnalysis",
      ]),
    .testTarget(
      name: "TextAnalysisTests", dependencies: ["TestSupport", "TextAnalysis", "SearchModel"],
      resources: [.copy("Fixtures")]),
    .testTarget(
      name: "QueryLanguageTests", dependencies: ["TestSupport", "QueryLanguage", "SearchModel"]),
    .testTarget(
      name: "ExtractionTests", dependencies: ["TestSupport", "Extraction", "SearchModel"]),
    .testTarget(
      name: "NodeTests",
      dependencies: [
        "TestSupport", "Node", "SearchModel", "Extraction", "RouterBands", "RouteTracing",
        "Placement", "Protocol",
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "Crypto", package: "swift-crypto"),
      ],
      exclude: ["Scenarios"]),
    .testTarget(
      name: "DaemonTests",
      dependencies: ["TestSupport", "Node", "Protocol", "SearchModel", "nearfind"]),
    .testTarget(
      name: "RelevanceTests", dependencies: ["NearfindCommands", "RelevanceEvaluation"]),
    .testTarget(name: "RouterBandsTests", dependencies: ["TestSupport", "RouterBands"]),
    .testTarget(
      name: "RouteTracingTests", dependencies: ["TestSupport", "RouteTracing", "RouterBands"]),
    .executableTarget(
      name: "RouteProbe", dependencies: ["RouteTracing", "RouterBands"], path: "Tests/RouteProbe"),
    .testTarget(
      name: "NetworkLabTests",
      dependencies: ["TestSupport", "RouterBands", "RouteTracing", "RouteProbe"]),
    .testTarget(
      name: "PlacementTests", dependencies: ["TestSupport", "Placement", "RouterBands"],
      exclude: ["Scenarios"]),
    .testTarget(
      name: "CascadeTests",
      dependencies: [
        "TestSupport", "Cascade", "EngineConformance", "MemoryEngine", "RouterBands", "SearchModel",
      ],
      exclude: ["Scenarios"]),
    .testTarget(name: "HouseTests", dependencies: ["TestSupport"]),
    .testTarget(
      name: "ProtocolTests",
      dependencies: [
        "TestSupport", "PeerTesting",
        "Protocol",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "X509", package: "swift-certificates"),
      ]),
    .testTarget(
      name: "CentralServerTests",
      dependencies: [
        "TestSupport", "PeerTesting", "CentralServer", "Placement", "Protocol", "RouteTracing",
        "RouterBands", "nearfind",
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "Logging", package: "swift-log"),
      ]),
    .testTarget(
      name: "VirtualServerTests",
      dependencies: [
        "TestSupport", "VirtualServer", "Protocol", "SearchModel", "MemoryEngine", "XapianEngine",
        "nearfind", "Cascade", "EngineConformance", "RelevanceEvaluation", "RouterBands",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "Subprocess", package: "swift-subprocess"),
      ]),
    .testTarget(
      name: "NearfindCommandsTests",
      dependencies: [
        "TestSupport", "NearfindCommands", "Cascade", "Protocol", "SearchModel", "RouterBands",
        "RouteTracing", "nearfind",
      ]),
    .testTarget(
      name: "RelevanceEvaluationTests",
      dependencies: ["TestSupport", "RelevanceEvaluation", "SearchModel"]),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx17
)
