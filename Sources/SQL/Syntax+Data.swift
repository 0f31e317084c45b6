extension Syntax {
  /// `SELECT`, `VALUES` and `TABLE`.
  package struct Select: Hashable, Sendable {
    /// The functions that it calls anywhere: `select cron.schedule(...)`, `select setval(...)`.
    package var functions: [QualifiedName]
    /// Whether it reads a relation.
    package var hasFrom: Bool
    /// Whether a common table expression of it inserts, updates or deletes.
    package var modifiesData: Bool
  }

  /// `INSERT`.
  package struct Insert: Hashable, Sendable {
    package var table: QualifiedName
    package var tableLocation: Int
    package var columns: [String]
    /// Those of ``columns`` that it names more than once as a whole, which the server refuses; a field or an element
    /// of a column may be set beside another.
    package var repeatedColumns: [String]
    /// The number of rows of its `VALUES`; nil where the rows come from a query.
    package var rowCount: Int?
    package var onConflict: OnConflict?

    package enum OnConflict: Hashable, Sendable { case doNothing, doUpdate }
  }

  /// `UPDATE`.
  package struct Update: Hashable, Sendable {
    package var table: QualifiedName
    package var tableLocation: Int
    /// The columns that it sets.
    package var columns: [String]
    /// As ``Insert/repeatedColumns``.
    package var repeatedColumns: [String]
    /// Whether it chooses its rows: there is a WHERE, and not one that is always true, `1 = 1` for one.
    package var hasWhere: Bool
  }

  /// `DELETE`.
  package struct Delete: Hashable, Sendable {
    package var table: QualifiedName
    package var tableLocation: Int
    /// Whether it chooses its rows: there is a WHERE, and not one that is always true, `1 = 1` for one.
    package var hasWhere: Bool
  }

  /// `TRUNCATE`.
  package struct Truncate: Hashable, Sendable {
    package var tables: [QualifiedName]
    package var cascade: Bool
  }

  /// `COPY`.
  package struct Copy: Hashable, Sendable {
    /// Nil for `COPY (query) TO`.
    package var table: QualifiedName?
    package var columns: [String]
    package var isFrom: Bool
    package var end: End

    /// The other end of the copy.
    package enum End: Hashable, Sendable {
      /// `STDIN` or `STDOUT`: for `FROM`, the statement's ``Statement/copyData``.
      case client
      case file(String)
      case program(String)
    }
  }

  /// `CALL`.
  package struct Call: Hashable, Sendable {
    package var procedure: QualifiedName
  }

  /// `DO`.
  package struct DoBlock: Hashable, Sendable {
    package var body: String
    /// In lowercase; `plpgsql` unless said.
    package var language: String
  }
}
