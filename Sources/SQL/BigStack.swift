internal import Glibc

/// Calls a function on a thread of its own, with a stack of its own size, and waits for it.
enum BigStack {
  private final class Call<Result> {
    let body: () -> Result
    var result: Result?

    init(_ body: @escaping () -> Result) {
      self.body = body
    }
  }

  /// - Parameter size: In bytes; memory is taken only as far as the stack is used.
  /// - Returns: Nil when the system gives no thread.
  static func run<Result>(size: Int, _ body: () -> Result) -> Result? {
    withoutActuallyEscaping(body) { body in
      let call = Call(body)
      let run: () -> Void = { call.result = call.body() }
      let argument = Unmanaged.passRetained(Call(run))
      defer { argument.release() }
      var attributes = pthread_attr_t()
      pthread_attr_init(&attributes)
      defer { pthread_attr_destroy(&attributes) }
      var thread = pthread_t()
      let start: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { argument in
        argument.map { Unmanaged<Call<Void>>.fromOpaque($0).takeUnretainedValue().body() }
        return nil
      }
      guard pthread_attr_setstacksize(&attributes, size) == 0,
        pthread_create(&thread, &attributes, start, argument.toOpaque()) == 0
      else { return nil }
      pthread_join(thread, nil)
      return call.result
    }
  }
}
