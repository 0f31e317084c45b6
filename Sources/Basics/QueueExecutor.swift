internal import Dispatch

/// The executor of an actor whose calls block: a C library that waits for a disk or a socket.
///
/// An actor on Swift's cooperative pool that blocks takes one of its threads, of which there are only as many as
/// cores. An actor that returns this from `unownedExecutor` runs on a serial dispatch queue instead, where blocking
/// harms nobody else. (`DispatchSerialQueue`, which is such an executor on Apple's systems, does not exist on Linux.)
package final class QueueExecutor: SerialExecutor {
  private let queue: DispatchQueue

  /// - Parameter label: Names the queue's thread in a debugger.
  package init(label: String) {
    queue = DispatchQueue(label: label)
  }

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let executor = asUnownedSerialExecutor()
    queue.async {
      job.runSynchronously(on: executor)
    }
  }
}
