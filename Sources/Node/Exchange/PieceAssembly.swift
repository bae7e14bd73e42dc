import Exchange
import NIOCore

/// Puts pieces together from the bytes of one request. While one piece is verified and kept, the next
/// one comes; more than these two are never in memory.
actor PieceAssembly {
  typealias Settle = @Sendable (_ piece: Int, _ bytes: PieceMemory) async throws -> Void

  private let layout: PieceLayout
  private let settle: Settle
  private let run: Range<Int>
  private var piece: Int
  private var memory: PieceMemory?
  private var spare: PieceMemory?
  private var settling: Task<PieceMemory, any Error>?

  init(run: Range<Int>, layout: PieceLayout, settle: @escaping Settle) {
    self.run = run
    self.layout = layout
    self.settle = settle
    piece = run.lowerBound
  }

  /// - Throws: what settling a piece threw.
  func take(_ buffer: ByteBuffer) async throws {
    var buffer = buffer
    while buffer.readableBytes > 0, run.contains(piece) {
      let present = memory ?? spare ?? PieceMemory(byteCount: layout.pieceByteCount)
      spare = nil
      memory = present
      let length = layout.byteCount(of: piece)
      let count = min(buffer.readableBytes, length - present.count)
      buffer.readWithUnsafeReadableBytes { bytes in
        present.append(UnsafeRawBufferPointer(rebasing: bytes[..<count]))
        return count
      }
      if present.count == length { try await hand(present) }
    }
  }

  /// Returns when all pieces are settled.
  func finish() async throws {
    _ = try await settling?.value
    settling = nil
  }

  private func hand(_ full: PieceMemory) async throws {
    let (number, settle) = (piece, settle)
    piece += 1
    memory = nil
    let former = settling
    settling = nil
    if let former {
      let returned = try await former.value
      returned.clear()
      spare = returned
    }
    settling = Task {
      try await settle(number, full)
      return full
    }
  }
}

/// The memory of one piece.
///
/// `@unchecked`: it goes from hand to hand; whoever fills it has handed it on before another reads it.
final class PieceMemory: @unchecked Sendable {
  private let memory: UnsafeMutableRawBufferPointer
  private(set) var count = 0

  init(byteCount: Int) {
    memory = .allocate(byteCount: byteCount, alignment: 4096)
  }

  deinit { memory.deallocate() }

  var filled: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[..<count]) }

  func append(_ bytes: UnsafeRawBufferPointer) {
    memory[count...].copyBytes(from: bytes)
    count += bytes.count
  }

  func clear() { count = 0 }
}
