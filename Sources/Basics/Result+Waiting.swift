extension Result where Failure == any Error {
  /// What `body` returns or throws, so that something can be done in either case.
  package init(isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Success) async {
    do {
      self = .success(try await body())
    } catch {
      self = .failure(error)
    }
  }
}
