internal import CPGQuery

/// The memory of one parse tree at a time.
///
/// A tree is thousands of small pieces that die together: taken from the system one by one, they cost as much as the
/// parsing itself.
final class TreeArena {
  private static let chunkSize = 256 * 1024

  private var chunk = UnsafeMutableRawPointer.allocate(byteCount: chunkSize, alignment: 16)
  private var used = 0
  /// Full chunks, and blocks that are larger than a chunk.
  private var others: [UnsafeMutableRawPointer] = []

  deinit {
    freeOthers()
    chunk.deallocate()
  }

  /// Calls the function with an allocator, and then forgets all that was allocated with it.
  func withAllocator<Result>(_ body: (inout ProtobufCAllocator) -> Result) -> Result {
    defer { reset() }
    var allocator = ProtobufCAllocator(
      alloc: { arena, size in
        arena.map { Unmanaged<TreeArena>.fromOpaque($0).takeUnretainedValue().allocate(size) }
      },
      free: { _, _ in },
      allocator_data: Unmanaged.passUnretained(self).toOpaque())
    return body(&allocator)
  }

  private func allocate(_ size: Int) -> UnsafeMutableRawPointer {
    let size = (size + 15) & ~15
    if size > Self.chunkSize / 4 {
      let block = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
      others.append(block)
      return block
    }
    if used + size > Self.chunkSize {
      others.append(chunk)
      chunk = UnsafeMutableRawPointer.allocate(byteCount: Self.chunkSize, alignment: 16)
      used = 0
    }
    defer { used += size }
    return chunk + used
  }

  private func reset() {
    freeOthers()
    used = 0
  }

  private func freeOthers() {
    for block in others { block.deallocate() }
    others.removeAll(keepingCapacity: true)
  }
}
