import Foundation
import SearchModel
import Synchronization
import TestSupport
import Testing

@testable import Node
@testable import Protocol

/// A statement on the band is not kept for longer than it is good for.
@Suite struct OwnBandTests {
  @Test func itIsAskedForAgainFromTimeToTime() async throws {
    let authority = try TestNetwork().authority
    let statement = try authority.statement(
      that: PeerName("laptop"), isIn: "home", now: Date())
    let count = Mutex(0)
    let start = ContinuousClock.now
    let passed = Mutex<Duration>(.zero)
    let band = OwnBand {
      count.withLock { $0 += 1 }
      return statement
    } now: {
      start + passed.withLock { $0 }
    }
    for (time, asked) in [(0, 1), (299, 1), (300, 2), (301, 2), (601, 3)] {
      passed.withLock { $0 = .seconds(time) }
      let shown = await band.statement()
      #expect(shown == statement)
      #expect(count.withLock { $0 } == asked, "\(time)")
    }
    // Who refuses it would refuse it again.
    let same = await band.statement(otherThan: statement)
    let other = await band.statement(otherThan: nil)
    #expect(same == nil && other == statement)
    #expect(count.withLock { $0 } == 5)
  }

  @Test func aSourceThatRefusesIsShownTheNewStatement() async throws {
    let trial = try FileTrial()
    let giver = try await trial.giver("desk")
    let wish = try await giver.share(Array("for the band".utf8), as: "a.txt")
    try giver.workshop.catalog.setVisibility(.band, of: giver.workshop.shared.bytes)
    let home = try trial.network.authority.statement(
      that: PeerName("laptop"), isIn: "home", now: Date())
    let count = Mutex(0)
    let getter = FileGetter(
      identity: nil,
      bandStatement: {
        let number = count.withLock { count in
          count += 1
          return count
        }
        return number == 1 ? nil : home
      }, connecting: DirectConnecting(client: trial.client), catalog: nil)
    _ = try await getter.fetch(wish, to: trial.place("file"))
    #expect(trial.landed("file") == Array("for the band".utf8))
  }
}
