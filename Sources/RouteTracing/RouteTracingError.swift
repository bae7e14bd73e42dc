import Glibc
import RouterBands

/// Why a route could not be traced, told apart by what the caller can do. A router or destination
/// that stays silent is no error: its hop is silent.
public enum RouteTracingError: Error, Hashable, Sendable {
  /// This machine knows no way to the address. Check its network, or give it an address of that
  /// family.
  case noRoute(to: IPAddress)

  /// This machine's own firewall or a confinement of the process forbids sending the probes. Let
  /// UDP to ports from 33434 out.
  case refusedByFirewall(to: IPAddress)

  /// The address is not one machine's, such as a broadcast or multicast address.
  case notOneMachine(IPAddress)

  /// The process has too many files open. Trace fewer routes at once, or raise the limit.
  case outOfDescriptors

  /// So many traces are under way that this one was not taken in. Do without it, and ask again
  /// later.
  case tooManyTraces

  /// The task that asked for the trace was cancelled.
  case cancelled

  /// The operating system refused something else; `code` is its `errno`.
  case system(call: String, code: CInt)

  /// What an `errno` of a call about `destination` means to a caller.
  init(code: CInt, call: String, destination: IPAddress) {
    switch code {
    case ENETUNREACH, EHOSTUNREACH, ENETDOWN, EADDRNOTAVAIL, EAFNOSUPPORT, EINVAL:
      self = .noRoute(to: destination)
    case EPERM: self = .refusedByFirewall(to: destination)
    case EACCES: self = .notOneMachine(destination)
    default: self = RouteTracingError(code: code, call: call)
    }
  }

  init(code: CInt, call: String) {
    switch code {
    case EMFILE, ENFILE: self = .outOfDescriptors
    default: self = .system(call: call, code: code)
    }
  }
}

extension RouteTracingError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noRoute(let address):
      "This machine has no route to \(address). Check its network connection, and whether it has "
        + "an address of that family."
    case .refusedByFirewall(let address):
      "Sending probes to \(address) is not permitted here. Let UDP to ports from 33434 leave this "
        + "machine, or run outside of what confines the program."
    case .notOneMachine(let address):
      "\(address) is not the address of one machine. Give a machine's own address."
    case .outOfDescriptors:
      "Too many files are open to trace a route. Raise the limit (ulimit -n), or trace fewer "
        + "routes at once."
    case .tooManyTraces:
      "Too many routes are being traced at the moment. Try again later."
    case .cancelled:
      "The trace was stopped before it was done."
    case .system(let call, let code):
      "The operating system refused to trace a route: \(call): \(String(cString: strerror(code)))."
    }
  }
}
