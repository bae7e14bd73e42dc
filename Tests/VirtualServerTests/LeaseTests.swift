import Protocol
import Testing

@testable import VirtualServer

@Suite struct LeaseTests {
  @Test func recordsAreTakenOnlyWhileItHolds() {
    var lease = GroupLease(group: 1, epoch: 5)
    #expect(lease.refusal(now: 0) == .noLease)
    lease.renew(epoch: 5, until: 1100)
    #expect(lease.refusal(now: 1000) == nil)
    #expect(lease.refusal(now: 1099) == nil)
    #expect(lease.refusal(now: 1100) == .noLease)
    lease.renew(epoch: 5, until: 2100)
    #expect(lease.refusal(now: 2050) == nil)
    // One that was long on its way does not shorten what holds.
    lease.renew(epoch: 5, until: 1500)
    #expect(lease.refusal(now: 2050) == nil)
  }

  @Test func anotherEpochRenewsNothing() {
    var lease = GroupLease(group: 1, epoch: 5)
    lease.renew(epoch: 4, until: 100)
    lease.renew(epoch: 6, until: 100)
    #expect(lease.refusal(now: 1) == .noLease)
  }

  @Test func drainingIsForGood() {
    var lease = GroupLease(group: 1, epoch: 5)
    lease.renew(epoch: 5, until: 100)
    lease.drain()
    lease.renew(epoch: 5, until: 100)
    #expect(lease.refusal(now: 1) == .draining)
  }

  @Test func numbersBeyondAllSenseDoNoHarm() {
    var lease = GroupLease(group: 1, epoch: 5)
    lease.renew(epoch: 5, until: .min)
    #expect(lease.refusal(now: 0) == .noLease)
    lease.renew(epoch: 5, until: .max)
    #expect(lease.refusal(now: .max - 1) == nil)
  }
}
