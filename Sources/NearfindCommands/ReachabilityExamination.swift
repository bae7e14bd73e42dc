import Node
import Protocol

/// Whether others can connect to this machine, and what to do where they cannot.
struct ReachabilityExamination {
  let directory: DataDirectory

  private static let subject = "reachability"

  /// Nil where no daemon runs, or none that takes part in a network.
  func check() async -> DoctorDocument.Check? {
    guard let daemon = await LocalClient.connect(dataDirectory: directory.path),
      let status = try? await daemon.status(), status.role != .alone
    else { return nil }
    do {
      return Self.check(try await daemon.reachability())
    } catch let problem as ProblemDocument {
      return .init(
        subject: Self.subject, state: .lacking, detail: problem.detail, remedy: problem.remedy)
    } catch {
      return .init(subject: Self.subject, state: .lacking, detail: "\(error)")
    }
  }

  /// What the attempts come to.
  static func check(_ report: ReachabilityReport) -> DoctorDocument.Check {
    let central = report.answer(of: .centralServer)
    let group = report.answer(of: .virtualServer)
    if let central, central.finding == .reachable {
      return .init(
        subject: subject, state: .fine,
        detail: "others can connect to this machine: the central server did, at \(central.endpoint)"
      )
    }
    guard let tried = central ?? group else {
      let reasons = report.attempts.compactMap(\.problem).joined(separator: " ")
      return .init(
        subject: subject, state: .lacking,
        detail: "nobody can be asked whether others can connect to this machine: \(reasons)",
        remedy: "try again when the central server answers")
    }
    if central == nil, tried.finding == .reachable {
      return .init(
        subject: subject, state: .fine,
        detail: "others can connect to this machine: its virtual server did, at \(tried.endpoint); "
          + "the central server, which may stand farther away, cannot be asked")
    }
    let witness = central == nil ? "its virtual server" : "the central server"
    var detail = "\(witness) cannot connect to this machine at \(tried.endpoint): \(words(tried))"
    if central != nil, group?.finding == .reachable {
      detail += "; its virtual server can, so those nearby can"
    }
    return .init(
      subject: subject, state: .lacking, detail: detail,
      remedy: remedy(tried, port: report.port, relayRate: group?.relayRate))
  }

  private static func words(_ answer: ReachabilityAnswer) -> String {
    switch answer.finding {
    case .reachable: "it answers"
    case .refused: "the connection was refused"
    case .silent: "nothing came back"
    case .somebodyElse: "somebody else answers there"
    }
  }

  private static func remedy(
    _ answer: ReachabilityAnswer, port: UInt16, relayRate: Int?
  ) -> String {
    let others =
      relayRate.map {
        "without that, files go when this machine calls back, or through a relay of at most "
          + "\(Wording.size(Int64($0))) a second"
      } ?? "without that, files go only to those whom this machine can call back"
    return
      "in the router at \(answer.endpoint.address), forward TCP port \(port) to this machine, and "
      + "open it in the firewall; \(others)"
  }
}
