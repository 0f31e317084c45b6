internal import CPGQuery

// Columns and constraints. The tree says where each begins; the tokens, where it ends.

extension Lowering {
  func column(_ definition: PgQuery__ColumnDef) -> Syntax.ColumnDefinition {
    let name = String(tree: definition.colname)
    let start = offset(definition.location)
    let first = tokens.index(at: start)
    let end = tokens.endOfElement(from: first)
    let parts = Array(definition.constraints, count: definition.n_constraints)
      .filter { $0.kind == PG_QUERY__NODE__NODE_CONSTRAINT }.map(\.pointee.constraint.pointee)
    var boundaries = parts.filter { !$0.contype.isAttribute }.map { tokens.index(at: offset($0.location)) }
    if let collation = definition.coll_clause {
      boundaries.append(tokens.index(at: offset(collation.pointee.location)))
    }
    func tokenRange(_ part: PgQuery__Constraint) -> Range<Int> {
      let start = tokens.index(at: offset(part.location))
      return start..<(boundaries.filter { $0 > start }.min() ?? max(start, end))
    }

    let type = definition.type_name.map { typeName($0) }
    var column = Syntax.ColumnDefinition(
      name: name, type: type, isNotNull: type?.isSerial ?? false, defaultValue: nil, generated: nil,
      constraints: [], collation: collation(definition.coll_clause),
      range: tokens.range(from: first, to: end) ?? start..<start)
    for part in parts {
      let range = tokenRange(part)
      switch part.contype {
      case PG_QUERY__CONSTR_TYPE__CONSTR_NOTNULL:
        column.isNotNull = true
      case PG_QUERY__CONSTR_TYPE__CONSTR_DEFAULT:
        let keyword = tokens.index(of: "default", from: range.lowerBound, to: range.upperBound) ?? range.lowerBound
        let value = tokens.range(from: keyword + 1, to: range.upperBound)
        column.defaultValue = part.raw_expr.map { expression($0, in: value) }
      case PG_QUERY__CONSTR_TYPE__CONSTR_IDENTITY:
        column.generated = String(tree: part.generated_when) == "a" ? .identityAlways : .identityByDefault
        column.isNotNull = true
      case PG_QUERY__CONSTR_TYPE__CONSTR_GENERATED:
        column.generated = part.raw_expr.map {
          .stored(expression($0, inParenthesesAfter: "as", from: range.lowerBound))
        }
      default:
        guard var constraint = constraint(part, tokenRange: range) else { continue }
        if constraint.kind == .primaryKey { column.isNotNull = true }
        if constraint.kind != .check { constraint.columns = [name] }
        column.constraints.append(constraint)
      }
    }
    return column
  }

  /// Nil for what a table cannot have.
  func tableConstraint(_ constraint: PgQuery__Constraint) -> Syntax.Constraint? {
    let first = tokens.index(at: offset(constraint.location))
    return self.constraint(constraint, tokenRange: first..<tokens.endOfElement(from: first))
  }

  /// Nil for a default and the like, which are no constraints to us.
  /// - Parameter tokenRange: In indexes of tokens.
  func constraint(_ constraint: PgQuery__Constraint, tokenRange: Range<Int>) -> Syntax.Constraint? {
    guard let kind = constraint.contype.kind else { return nil }
    let keys = kind == .foreignKey ? (constraint.fk_attrs, constraint.n_fk_attrs) : (constraint.keys, constraint.n_keys)
    return Syntax.Constraint(
      kind: kind,
      name: nonempty(constraint.conname),
      columns: kind == .exclusion
        ? exclusionColumns(constraint) : Array(keys.0, count: keys.1).compactMap(\.string),
      expression: kind == .check
        ? constraint.raw_expr.map { expression($0, inParenthesesAfter: "check", from: tokenRange.lowerBound) } : nil,
      reference: kind == .foreignKey ? reference(constraint, tokenRange) : nil,
      usingIndex: nonempty(constraint.indexname),
      isNotValid: constraint.skip_validation != 0,
      isDeferrable: constraint.deferrable != 0 || isDeferrable(tokenRange),
      range: tokens.range(from: tokenRange.lowerBound, to: tokenRange.upperBound)
        ?? offset(constraint.location)..<offset(constraint.location))
  }

  private func exclusionColumns(_ constraint: PgQuery__Constraint) -> [String] {
    Array(constraint.exclusions, count: constraint.n_exclusions)
      .compactMap { $0.list?.first }
      .filter { $0.kind == PG_QUERY__NODE__NODE_INDEX_ELEM }
      .compactMap { nonempty($0.pointee.index_elem.pointee.name) }
  }

  /// At a column, the tree has `DEFERRABLE` as a constraint of its own.
  private func isDeferrable(_ range: Range<Int>) -> Bool {
    guard let word = tokens.index(of: "deferrable", from: range.lowerBound, to: range.upperBound) else { return false }
    return !tokens.isWord("not", at: word - 1)
  }

  private func reference(_ constraint: PgQuery__Constraint, _ range: Range<Int>) -> Syntax.Reference? {
    guard let table = constraint.pktable else { return nil }
    return Syntax.Reference(
      table: Syntax.QualifiedName(table),
      columns: Array(constraint.pk_attrs, count: constraint.n_pk_attrs).compactMap(\.string),
      onDelete: isSaid("delete", in: range) ? .init(constraint.fk_del_action) : nil,
      onUpdate: isSaid("update", in: range) ? .init(constraint.fk_upd_action) : nil)
  }

  private func isSaid(_ event: StaticString, in range: Range<Int>) -> Bool {
    range.contains { tokens.isWord("on", at: $0) && tokens.isWord(event, at: $0 + 1) }
  }

  private func collation(_ clause: UnsafeMutablePointer<PgQuery__CollateClause>?) -> Syntax.QualifiedName? {
    clause.flatMap { Syntax.QualifiedName(Array($0.pointee.collname, count: $0.pointee.n_collname)) }
  }
}

extension Syntax.ReferentialAction {
  /// - Parameter letter: As in `src/include/nodes/parsenodes.h`.
  fileprivate init(_ letter: UnsafeMutablePointer<CChar>?) {
    switch String(tree: letter) {
    case "r": self = .restrict
    case "c": self = .cascade
    case "n": self = .setNull
    case "d": self = .setDefault
    default: self = .noAction
    }
  }
}

extension Syntax.TypeName {
  /// Whether it is one of the names that stand for an integer with a sequence.
  package var isSerial: Bool {
    schema == nil && ["serial", "serial2", "serial4", "serial8", "smallserial", "bigserial"].contains(name)
  }
}

extension PgQuery__ConstrType {
  /// `DEFERRABLE` and its kin, which belong to the constraint before them.
  fileprivate var isAttribute: Bool {
    rawValue >= PG_QUERY__CONSTR_TYPE__CONSTR_ATTR_DEFERRABLE.rawValue
  }

  fileprivate var kind: Syntax.Constraint.Kind? {
    switch self {
    case PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY: .primaryKey
    case PG_QUERY__CONSTR_TYPE__CONSTR_UNIQUE: .unique
    case PG_QUERY__CONSTR_TYPE__CONSTR_CHECK: .check
    case PG_QUERY__CONSTR_TYPE__CONSTR_EXCLUSION: .exclusion
    case PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN: .foreignKey
    case PG_QUERY__CONSTR_TYPE__CONSTR_NOTNULL: .notNull
    default: nil
    }
  }
}
