/// The settings that an embedded server starts with.
enum ServerSettings {
  /// - Parameters:
  ///   - major: The server's version.
  ///   - durable: Whether the data must survive a crash of the machine.
  static func settings(major: Int, durable: Bool) -> [String: String] {
    var settings = durable ? small : small.merging(careless) { $1 }
    // A backend that waits for little reads by itself what workers would read for many.
    if major >= 18 { settings["io_method"] = "sync" }
    return settings
  }

  /// A server for a handful of sessions on a machine with other things to do.
  ///
  /// The WAL level is that of logical replication, because CREATE PUBLICATION warns below it. A migration of thousands
  /// of tables in one transaction needs as many locks.
  private static let small = [
    "huge_pages": "off",
    "jit": "off",
    "lc_messages": "C",
    "listen_addresses": "",
    "log_timezone": "UTC",
    "max_connections": "40",
    "max_locks_per_transaction": "512",
    "max_logical_replication_workers": "0",
    "max_parallel_workers": "0",
    "max_parallel_workers_per_gather": "0",
    "max_parallel_maintenance_workers": "0",
    "max_replication_slots": "4",
    "max_wal_senders": "4",
    "max_wal_size": "128MB",
    "max_worker_processes": "2",
    "min_wal_size": "32MB",
    "shared_buffers": "16MB",
    "timezone": "UTC",
    "unix_socket_permissions": "0777",
    "wal_level": "logical",
  ]

  /// What a server need not do whose data can be made again.
  ///
  /// Refused statements are what it is for, so they do not go to the log.
  private static let careless = [
    "autovacuum": "off",
    "fsync": "off",
    "full_page_writes": "off",
    "log_min_messages": "fatal",
    "synchronous_commit": "off",
  ]
}
