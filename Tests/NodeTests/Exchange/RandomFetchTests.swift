import Exchange
import Foundation
import SearchModel
import TestSupport
import Testing

@testable import Node

/// The real machine and the real unfinished file, with sources played by hand: killed at any moment,
/// with the file cut, grown and damaged in between, among sources that lie, leave and come back.
@Suite struct RandomFetchTests {
  private typealias Sample = PieceHashesTests.Sample

  private struct Player {
    enum Character { case truthful, liar, leaves }
    var character: Character
  }

  private enum Ending { case finished, gaveUp, killed }

  @Test func whatLandsIsTheFileOrNothing() throws {
    let folder = try TemporaryFolder()
    let base = UInt64(Date().timeIntervalSince1970)
    print("seeds from \(base)")
    var finishedCount = 0
    for seed in base..<(base + 10_000) {
      var generator = SeededGenerator(seed: seed)
      let sample = Sample(
        byteCount: generator.number(0...160_000) / (seed % 4 == 0 ? 100 : 1), seed: seed)
      let target = FetchTarget(folder: folder.bytes, name: PathBytes("file"))
      var isFinished = false
      for round in 0..<6 where !isFinished {
        let ending = try play(sample, target, isLast: round == 5, &generator)
        let landed = FileManager.default.contents(atPath: folder.path("file"))
        if let landed, Array(landed) != sample.bytes {
          Issue.record("seed \(seed): something else landed")
          return
        }
        isFinished = ending == .finished
        #expect((landed != nil) == isFinished, "seed \(seed)")
        if !isFinished { try damage(folder.path(".file.nearfind-part"), &generator) }
      }
      #expect(isFinished, "seed \(seed): not even without disturbance")
      finishedCount += isFinished ? 1 : 0
      unlink(folder.path("file"))
      unlink(folder.path(".file.nearfind-part"))
    }
    #expect(finishedCount == 10_000)
  }

  /// One run of the program, from the opening of the file to its end or its death.
  private func play(
    _ sample: Sample, _ target: FetchTarget, isLast: Bool, _ generator: inout SeededGenerator
  ) throws -> Ending {
    let file = try PartialFile(target, layout: sample.layout, overwrites: false)
    let present = try file.verifiedPieces(by: sample.verifier)
    var players = (0..<generator.number(1...4)).map { _ in
      Player(character: [.truthful, .liar, .leaves][generator.number(0...2)])
    }
    if isLast { players.append(Player(character: .truthful)) }
    var machine = FetchMachine(
      sample.layout, have: present, needsHashes: false, sourceCount: players.count)
    var open: [(number: RequestNumber, source: SourceNumber, rest: Range<Int>)] = []
    var time = 0.0
    var lifetime = isLast ? Int.max : generator.number(0...40)
    var pending: [FetchEvent] = [.began]
    while true {
      lifetime -= 1
      if lifetime < 0 {
        if generator.happens(0.5) { try dieWhileWriting(sample, file, &generator) }
        return .killed
      }
      time += 0.2
      if pending.isEmpty {
        pending.append(next(&open, players, sample, file, isLast, &generator))
      }
      for action in machine.handle(pending.removeFirst(), at: .seconds(time)) {
        switch action {
        case .ask(let number, let source, let run): open.append((number, source, run))
        case .cancel(let number): open.removeAll { $0.number == number }
        case .askHashes: Issue.record("the hashes are known")
        case .drop: break
        case .finish:
          try file.finish()
          return .finished
        case .giveUp: return .gaveUp
        }
      }
    }
  }

  /// What a random one of those that were asked does.
  private func next(
    _ open: inout [(number: RequestNumber, source: SourceNumber, rest: Range<Int>)],
    _ players: [Player], _ sample: Sample, _ file: PartialFile, _ isLast: Bool,
    _ generator: inout SeededGenerator
  ) -> FetchEvent {
    guard !open.isEmpty else { return .woke }
    let place = generator.number(0...(open.count - 1))
    let (number, source, rest) = open[place]
    guard let piece = rest.first else {
      open.remove(at: place)
      return .ended(number)
    }
    if players[source].character == .leaves, generator.happens(0.3) {
      open.remove(at: place)
      return .failed(number, .unreachable("It left."))
    }
    var bytes = Array(sample.piece(piece))
    if players[source].character == .liar, generator.happens(0.5) {
      bytes[generator.number(0...(bytes.count - 1))] ^= UInt8(1 << generator.number(0...7))
    }
    guard bytes.withUnsafeBytes({ sample.verifier.isTrue($0, piece: piece) }) else {
      open.remove(at: place)
      return .falsehoodCame(number)
    }
    bytes.withUnsafeBytes { memory in
      do { try file.put(memory, piece: piece) } catch { Issue.record("\(error)") }
    }
    open[place].rest = rest.dropFirst()
    return .pieceCame(number, piece: piece)
  }

  /// A piece is half on the disk when the power goes.
  private func dieWhileWriting(
    _ sample: Sample, _ file: PartialFile, _ generator: inout SeededGenerator
  ) throws {
    guard sample.layout.pieceCount > 0 else { return }
    let piece = generator.number(0...(sample.layout.pieceCount - 1))
    let bytes = Array(sample.piece(piece).prefix(generator.number(0...sample.piece(piece).count)))
    try bytes.withUnsafeBytes { if !$0.isEmpty { try file.put($0, piece: piece) } }
  }

  private func damage(_ path: String, _ generator: inout SeededGenerator) throws {
    guard let handle = FileHandle(forUpdatingAtPath: path) else { return }
    defer { try? handle.close() }
    let length = Int(try handle.seekToEnd())
    for _ in 0..<generator.number(0...2) {
      switch generator.number(0...3) {
      case 0: try handle.truncate(atOffset: UInt64(generator.number(0...length)))
      case 1: try handle.truncate(atOffset: UInt64(length + generator.number(0...100_000)))
      case 2 where length > 0:
        let place = UInt64(generator.number(0...(length - 1)))
        try handle.seek(toOffset: place)
        let byte = (try handle.read(upToCount: 1))?.first ?? 0
        try handle.seek(toOffset: place)
        try handle.write(contentsOf: Data([byte ^ UInt8(1 << generator.number(0...7))]))
      default:
        if generator.happens(0.1) { unlink(path) }
      }
    }
  }
}
