import Foundation

/// The house rules as a table: the modules of the design's section 4 and whom each may import.
enum House {
  /// Our own modules that a module may import. Reading down, a module comes after all it imports.
  static let allowedImports: [String: Set<String>] = [
    "CXapian": [],
    "SearchModel": [],
    "TextAnalysis": ["SearchModel"],
    "QueryLanguage": ["SearchModel"],
    "XapianEngine": ["SearchModel", "TextAnalysis", "CXapian"],
    "MemoryEngine": ["SearchModel", "TextAnalysis"],
    "Extraction": ["SearchModel"],
    "RouterBands": [],
    "RouteTracing": ["RouterBands"],
    "Placement": ["RouterBands"],
    "Cascade": ["SearchModel", "RouterBands"],
    "Exchange": ["SearchModel"],
    "Protocol": ["SearchModel"],
    "CPostgreSQL": [],
    "CentralServer": ["Placement", "Protocol", "RouterBands", "RouteTracing", "CPostgreSQL"],
    // RouterBands beside what the design's table names: the coordinator orders servers by nearness.
    "VirtualServer": ["Cascade", "Protocol", "RouterBands", "SearchModel"],
    // SearchModel beside what the design's table names: records are what a node publishes.
    "Node": ["Exchange", "Extraction", "Protocol", "RouterBands", "RouteTracing", "SearchModel"],
    "RelevanceEvaluation": ["SearchModel"],
    "NearfindCommands": [
      "SearchModel", "TextAnalysis", "QueryLanguage", "XapianEngine", "MemoryEngine", "Extraction",
      "RouterBands", "Placement", "Cascade", "Protocol", "CentralServer", "VirtualServer", "Node",
      "RelevanceEvaluation", "RouteTracing", "Exchange",
    ],
    "nearfind": ["NearfindCommands"],
  ]

  /// Modules without sockets, clocks, files or randomness.
  static let pureModules: Set<String> = [
    "SearchModel", "TextAnalysis", "QueryLanguage", "RouterBands", "Placement", "Cascade",
    "Exchange",
  ]

  /// Targets that tests are made with; they are in no product.
  static let testSupport: Set<String> = [
    "EngineConformance", "PeerTesting", "RouteProbe", "TestSupport",
  ]

  /// What may stand at the top of the package, dotfiles aside.
  static let topLevel: Set<String> = [
    "Package.swift", "Sources", "Tests", "CXapian", "README.md", "fixtures", "Makefile", "LICENSE",
    // Written by SwiftPM, kept out of git.
    "Package.resolved",
  ]

  static let maximumLineCount = 400

  /// The package's folder: this file is Tests/HouseTests/House.swift.
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// A source file of the house.
  struct Source {
    /// From the package's folder on.
    let path: String
    let lines: [String]

    /// `Sources/<module>/…`.
    var module: String { String(path.split(separator: "/")[1]) }

    /// The lines without comments and without what stands in string literals, so that prose never
    /// looks like code. Block comments and multi-line strings are not told apart line by line;
    /// the house uses neither for anything but prose and help texts.
    var codeLines: [(number: Int, text: String)] {
      var isInsideLongString = false
      return lines.enumerated().compactMap { index, line in
        let opensOrCloses = line.components(separatedBy: "\"\"\"").count.isMultiple(of: 2)
        defer { if opensOrCloses { isInsideLongString.toggle() } }
        if isInsideLongString { return nil }
        return (index + 1, Self.withoutProse(line))
      }
    }

    private static func withoutProse(_ line: String) -> String {
      var code = ""
      var isInString = false
      var previous: Character = " "
      for character in line {
        if character == "\"", previous != "\\" {
          isInString.toggle()
        } else if !isInString {
          code.append(character)
          if code.hasSuffix("//") { return String(code.dropLast(2)) }
        }
        previous = previous == "\\" ? " " : character
      }
      return code
    }

    /// The modules that the file imports.
    var imports: [(module: String, line: String)] {
      codeLines.compactMap { _, text -> (module: String, line: String)? in
        let words = text.split(separator: " ")
        guard let keyword = words.firstIndex(of: "import"), keyword + 1 < words.count,
          words[..<keyword].allSatisfy({ $0.hasPrefix("@") || Self.accessLevels.contains($0) })
        else { return nil }
        // `import struct Foundation.Date` names the module after the kind.
        let name = words.dropFirst(keyword + 1).first { !Self.importKinds.contains($0) }
        return name.map { (String($0.prefix { $0 != "." }), text) }
      }
    }

    private static let accessLevels: Set<Substring> = [
      "public", "package", "internal", "fileprivate", "private",
    ]
    private static let importKinds: Set<Substring> = [
      "struct", "class", "enum", "protocol", "func", "var", "let", "typealias",
    ]
  }

  /// Every Swift file below `folder`, by path.
  static func sources(in folder: String) throws -> [Source] {
    try paths(in: folder) { $0.hasSuffix(".swift") }.map(source(at:))
  }

  static func source(at path: String) throws -> Source {
    let text = try String(contentsOf: root.appending(path: path), encoding: .utf8)
    var lines = text.components(separatedBy: "\n")
    if lines.last == "" { lines.removeLast() }
    return Source(path: path, lines: lines)
  }

  static func paths(in folder: String, where isWanted: (String) -> Bool) throws -> [String] {
    let base = root.appending(path: folder).path
    guard FileManager.default.fileExists(atPath: base) else { return [] }
    return try FileManager.default.subpathsOfDirectory(atPath: base)
      .filter(isWanted).sorted().map { folder + "/" + $0 }
  }
}
