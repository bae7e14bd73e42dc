import ArgumentParser
import Foundation
import Node
import Protocol
import RelevanceEvaluation
import RouteTracing
import SearchModel
import XapianEngine

/// The program: reads the command line, runs one command and ends with its exit status.
public enum Program {
  /// - Parameter arguments: without the program's own name.
  public static func run(arguments: [String]) async -> Never {
    MemoryAllocation.holdLittle()
    let status = await status(of: arguments, console: .standard)
    exit(status.rawValue)
  }

  static func status(of arguments: [String], console: Console) async -> ExitStatus {
    do {
      try Suggestion.checkCommand(of: arguments)
      var command = try await NearfindCommand.asyncParseAsRoot(arguments)
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
      return .success
    } catch {
      return report(error, console: console)
    }
  }

  /// Says what went wrong and chooses the status.
  private static func report(_ error: any Error, console: Console) -> ExitStatus {
    switch error {
    case let status as CommandStatus:
      return status.status
    case let failure as CommandFailure:
      console.complain(failure.message)
      return failure.status
    case let failure as EngineError:
      console.complain(failure.description)
      if case .invalidRequest = failure { return .wrongUse }
      return .failed
    case let failure as CatalogError:
      console.complain(failure.description)
      switch failure {
      case .folderUnusable, .overlapping, .notShared: return .wrongUse
      default: return .failed
      }
    case let refusal as ProblemDocument:
      console.complain(refusal.description)
      return refusal.status == 400 ? .wrongUse : .failed
    case let failure as EvaluationError:
      console.complain(failure.description)
      if case .missing = failure { return .wrongUse }
      return .failed
    case let failure as RouteTracingError:
      console.complain(failure.description)
      if case .notOneMachine = failure { return .wrongUse }
      return .failed
    default:
      break
    }
    // What is left is ArgumentParser's: requests for help, and command lines it cannot read.
    let text = NearfindCommand.fullMessage(for: error)
    switch NearfindCommand.exitCode(for: error) {
    case .success:
      console.output.emit(text.hasSuffix("\n") ? text : text + "\n")
      return .success
    case .validationFailure:
      console.errors.emit(TerminalText.printableLines(text) + "\n")
      return .wrongUse
    default:
      console.complain(String(describing: error))
      return .failed
    }
  }
}

/// Thrown by a command that has said all there is to say and ends with a status of its own.
struct CommandStatus: Error, Hashable {
  var status: ExitStatus

  init(_ status: ExitStatus) {
    self.status = status
  }
}
