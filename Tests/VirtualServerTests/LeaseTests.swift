import Protocol
import Testing

@testable import VirtualServer

@Suite struct LeaseTests {
  @Test func recordsAreTakenOnlyWhileItHolds() {
    var lease = GroupLease(group: 1, epoch: 5)
    #expect(lease.refusal(now: 0) == .noLease)
    lease.renew(epoch: 5, duration: 100, now: 1000)
    #expect(lease.refusal(now: 1000) == nil)
    #expect(lease.refusal(now: 1099) == nil)
    #expect(lease.refusal(now: 1100) == .noLease)
    lease.renew(epoch: 5, duration: 100, now: 2000)
    #expect(lease.refusal(now: 2050) == nil)
  }

  @Test func anotherEpochRenewsNothing() {
    var lease = GroupLease(group: 1, epoch: 5)
    lease.renew(epoch: 4, duration: 100, now: 0)
    lease.renew(epoch: 6, duration: 100, now: 0)
    #expect(lease.refusal(now: 1) == .noLease)
  }

  @Test func drainingIsForGood() {
    var lease = GroupLease(group: 1, epoch: 5)
    lease.renew(epoch: 5, duration: 100, now: 0)
    lease.drain()
    lease.renew(epoch: 5, duration: 100, now: 0)
    #expect(lease.refusal(now: 1) == .draining)
  }

  @Test func numbersBeyondAllSenseDoNoHarm() {
    var lease = GroupLease(group: 1, epoch: 5)
    lease.renew(epoch: 5, duration: -1, now: 0)
    #expect(lease.refusal(now: 0) == .noLease)
    lease.renew(epoch: 5, duration: .max, now: 1000)
    #expect(lease.refusal(now: .max - 1) == nil)
  }
}
