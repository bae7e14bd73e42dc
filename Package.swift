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
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  ],
  targets: [
    .target(
      name: "CXapian",
      path: "CXapian",
      linkerSettings: [.linkedLibrary("xapian")]
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
    .target(name: "RelevanceEvaluation", dependencies: ["SearchModel"]),
    .target(
      name: "Node",
      dependencies: [
        "Extraction", "RouterBands", "SearchModel",
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "Crypto", package: "swift-crypto"),
      ]
    ),
    .target(
      name: "NearfindCommands",
      dependencies: [
        "SearchModel", "TextAnalysis", "QueryLanguage", "XapianEngine", "MemoryEngine",
        "Extraction", "RelevanceEvaluation", "RouterBands", "RouteTracing", "Node",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]
    ),
    .executableTarget(name: "nearfind", dependencies: ["NearfindCommands"]),
    .target(
      name: "EngineConformance",
      dependencies: ["SearchModel", "TextAnalysis", "MemoryEngine"],
      path: "Tests/EngineConformance"
    ),
    .testTarget(
      name: "XapianEngineTests",
      dependencies: [
        "XapianEngine", "EngineConformance", "MemoryEngine", "SearchModel", "TextAnalysis",
        "CXapian",
      ]),
    .testTarget(
      name: "MemoryEngineTests",
      dependencies: ["MemoryEngine", "EngineConformance", "SearchModel", "TextAnalysis"]),
    .testTarget(
      name: "TextAnalysisTests", dependencies: ["TextAnalysis", "SearchModel"],
      resources: [.copy("Fixtures")]),
    .testTarget(
      name: "QueryLanguageTests", dependencies: ["QueryLanguage", "SearchModel"]),
    .testTarget(name: "ExtractionTests", dependencies: ["Extraction", "SearchModel"]),
    .testTarget(
      name: "NodeTests",
      dependencies: [
        "Node", "SearchModel", "Extraction", "RouterBands",
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "Crypto", package: "swift-crypto"),
      ]),
    .testTarget(
      name: "RelevanceTests", dependencies: ["NearfindCommands", "RelevanceEvaluation"]),
    .testTarget(name: "RouterBandsTests", dependencies: ["RouterBands"]),
    .testTarget(name: "RouteTracingTests", dependencies: ["RouteTracing", "RouterBands"]),
    .executableTarget(
      name: "RouteProbe", dependencies: ["RouteTracing", "RouterBands"], path: "Tests/RouteProbe"),
    .testTarget(
      name: "NetworkLabTests", dependencies: ["RouterBands", "RouteTracing", "RouteProbe"]),
    .testTarget(
      name: "PlacementTests", dependencies: ["Placement", "RouterBands"],
      exclude: ["Scenarios"]),
    .testTarget(name: "HouseTests"),
    .testTarget(
      name: "NearfindCommandsTests",
      dependencies: [
        "NearfindCommands", "SearchModel", "RouterBands", "RouteTracing", "nearfind",
      ]),
    .testTarget(
      name: "RelevanceEvaluationTests", dependencies: ["RelevanceEvaluation", "SearchModel"]),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx17
)
