import Testing

@testable import Node

@Suite struct WatchPlanTests {
  private let start = ContinuousClock.now
  private var plan = WatchPlan(settlingTime: .seconds(1), rescanInterval: .seconds(60))

  private func at(_ seconds: Double) -> WatchPlan.Instant { start + .seconds(seconds) }

  private func look(_ folder: String, whole: Bool = false, share: Int64 = 1) -> WatchPlan.Look {
    WatchPlan.Look(share: share, folder: PathBytes(folder), isRecursive: whole)
  }

  @Test mutating func aFolderIsLookedAtWhenItIsQuiet() {
    plan.changed(1, PathBytes("a"), name: PathBytes("x"), at: at(0))
    plan.changed(1, PathBytes("a"), name: PathBytes("y"), at: at(0.5))
    #expect(plan.takeDue(at: at(1.2)) == [])
    #expect(plan.nextDue == at(1.5))
    #expect(plan.takeDue(at: at(1.5)) == [look("a")])
    #expect(plan.takeDue(at: at(9)) == [])
    #expect(plan.nextDue == nil)
  }

  @Test mutating func aFolderThatIsNeverQuietIsLookedAtToo() {
    var looks = 0
    for step in 0..<300 {
      plan.changed(1, .empty, name: PathBytes("log"), at: at(Double(step) / 10))
      looks += plan.takeDue(at: at(Double(step) / 10)).count
    }
    #expect(looks == 2)
  }

  @Test mutating func anIgnoreFileIsAboutEverythingBelow() {
    plan.changed(1, PathBytes("a/b"), name: nil, at: at(0))
    plan.changed(1, PathBytes("ab"), name: nil, at: at(0))
    plan.changed(2, PathBytes("a/b"), name: nil, at: at(0))
    plan.changed(1, PathBytes("a"), name: PathBytes(IgnoreRules.filename), at: at(0))
    #expect(
      plan.takeDue(at: at(1)) == [look("ab"), look("a", whole: true), look("a/b", share: 2)])
  }

  @Test mutating func aFolderThatCameIsLookedAtAsAWholeBeforeTheOneThatHoldsIt() {
    plan.changed(1, PathBytes("a"), name: PathBytes("b"), at: at(0))
    plan.arrived(1, PathBytes("a/b"), at: at(0))
    plan.changed(1, PathBytes("a/b/c"), name: PathBytes("x"), at: at(0))
    #expect(plan.takeDue(at: at(1)) == [look("a/b", whole: true), look("a")])
  }

  @Test mutating func lostEventsMeanAWholeLook() {
    plan.changed(1, PathBytes("a"), name: nil, at: at(0))
    plan.lostTrack(of: 1, at: at(0))
    #expect(plan.takeDue(at: at(1)) == [look("", whole: true)])
  }

  @Test mutating func whatIsNotCoveredIsLookedAtAtTheInterval() {
    plan.uncovered(1, at: at(0))
    plan.uncovered(1, at: at(30))
    #expect(plan.takeDue(at: at(59)) == [])
    #expect(plan.takeDue(at: at(60)) == [look("", whole: true)])
    #expect(plan.takeDue(at: at(119)) == [])
    #expect(plan.takeDue(at: at(120)) == [look("", whole: true)])
    plan.covered(1)
    #expect(plan.nextDue == nil)
  }
}
