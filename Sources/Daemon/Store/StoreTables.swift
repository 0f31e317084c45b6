internal import GRDB

/// The store's tables.
///
/// - `runs`: a row a run, in the order in which they were queued. `result` is a `RunResult`; the times are milliseconds
///   since 1970; `record` is the whole `RunRecord` as JSON, once it is finished.
/// - `refs`: a row a watched branch: the tip that was last seen, null when the branch was deleted; the tip whose run was
///   the last to finish; and how often the tip was seen to change.
/// - `approvals`: who approved which run.
/// - `pauses`: environments for which no run is begun.
/// - `deliveries`: what is still to be reported, in the order in which it happened: see `Delivery`.
enum StoreTables {
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { database in
      try database.execute(
        sql: """
          CREATE TABLE runs (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            repository TEXT NOT NULL,
            ref TEXT NOT NULL,
            "commit" TEXT NOT NULL,
            previous TEXT,
            actor TEXT,
            environment TEXT NOT NULL,
            generation INTEGER NOT NULL,
            result TEXT NOT NULL,
            promoting INTEGER NOT NULL DEFAULT 0,
            queued_at INTEGER NOT NULL,
            started_at INTEGER,
            finished_at INTEGER,
            record TEXT
          ) STRICT;
          CREATE INDEX runs_of_ref ON runs (repository, ref, number);
          CREATE INDEX runs_of_commit ON runs ("commit");
          CREATE INDEX unfinished_runs ON runs (number) WHERE finished_at IS NULL;
          CREATE TABLE refs (
            repository TEXT NOT NULL,
            ref TEXT NOT NULL,
            last_seen TEXT,
            last_done TEXT,
            generation INTEGER NOT NULL,
            PRIMARY KEY (repository, ref)
          ) STRICT;
          CREATE TABLE approvals (
            run TEXT NOT NULL REFERENCES runs (id),
            approver TEXT NOT NULL,
            at INTEGER NOT NULL,
            PRIMARY KEY (run, approver)
          ) STRICT;
          CREATE TABLE pauses (environment TEXT PRIMARY KEY, actor TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
          CREATE TABLE deliveries (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            kind TEXT NOT NULL,
            run TEXT,
            entry TEXT
          ) STRICT;
          """)
    }
    return migrator
  }
}
