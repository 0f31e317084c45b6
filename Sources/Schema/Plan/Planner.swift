/// Decides what becomes of every fact of two schemas, so that one becomes the other.
///
/// What differs is altered where PostgreSQL can and dropped and made anew where it cannot; and what needs something that
/// goes, or that cannot change while it is needed, is made anew with it. Where rows or values must survive, the old object
/// is set aside until they have been taken over.
struct Planner {
  /// What becomes of a fact.
  enum Fate {
    case kept
    case created
    case dropped
    case altered
    /// Dropped and made anew.
    case replaced
    /// Made anew under the old one's name, which is set aside meanwhile: a table whose rows are taken over, a type whose
    /// values are.
    case converted
  }

  let source: SchemaIndex
  let target: SchemaIndex
  let options: Plan.Options
  private(set) var fates: [Fact.ID: Fate] = [:]
  private var unsettled: [Fact.ID] = []

  init(from source: SchemaState, to target: SchemaState, options: Plan.Options) {
    self.source = SchemaIndex(source)
    self.target = SchemaIndex(target)
    self.options = options
    for (id, fact) in self.source.facts {
      guard let new = self.target[id] else {
        set(id, .dropped)
        continue
      }
      if fact.digest == new.digest || fact.saysTheSame(as: new) { continue }
      let alteration = Alteration(from: fact, to: new, source: self.source, target: self.target)
      set(id, alteration.isPossible ? .altered : id.kind == .table ? .converted : .replaced)
    }
    for id in self.target.facts.keys where self.source[id] == nil { fates[id] = .created }
    for (id, fact) in self.source.facts where fact.has("identity") && fate(id) == .kept && changesIdentity(of: id) {
      set(id, .altered)
    }
    for (id, fate) in fates where fate == .altered && isToBeHandedDown(id) { set(id.own, .converted) }
    for id in fates.keys where isRefusedOverValues(id) { set(id.own, .converted) }
    settle()
    if options.columnOrder == .exact {
      reorderColumns()
      reorderLists()
      reorderGrants()
    }
  }

  func fate(_ id: Fact.ID) -> Fate { fates[id] ?? .kept }

  /// Whether the fact of the first schema goes, be it to come again.
  func isRemoved(_ id: Fact.ID) -> Bool { [.dropped, .replaced, .converted].contains(fate(id)) }

  /// Whether the fact of the second schema is made.
  func isMade(_ id: Fact.ID) -> Bool { [.created, .replaced, .converted].contains(fate(id)) }

  private mutating func set(_ id: Fact.ID, _ fate: Fate) {
    fates[id] = fate
    unsettled.append(id)
  }

  /// Whether a table shall have from another one only what it has had by itself, or the other way round: joining and
  /// leaving are not enough.
  private func isToBeHandedDown(_ id: Fact.ID) -> Bool {
    guard [.column, .constraint].contains(id.kind), id.object.kind == .table,
      target[id.own]?.has("partition bound") == false
    else { return false }
    let (old, new) = (source[id]?["inherited"], target[id]?["inherited"])
    return new == "yes" && old != "yes" || old == "yes" && new == "and local"
  }

  // MARK: Values in the way

  /// Whether PostgreSQL refuses a change of a type because columns have its values: of a composite type or a table's rows
  /// an attribute of another type, of a domain that is within an array or a composite type what its values must be.
  private func isRefusedOverValues(_ id: Fact.ID) -> Bool {
    let fate = fate(id)
    switch (id.object.kind, id.kind) {
    case (.compositeType, .column), (.table, .column): return fate == .altered && needsToBeFree(id) && isStored(id.own)
    case (.domain, .domain):
      return fate == .altered && target[id]?.has("not null") == true && source[id]?.has("not null") == false
        && isWithinOthers(id)
    case (.domain, .constraint):
      return [.created, .altered, .replaced].contains(fate) && target[id]?.has("not valid") == false
        && source[id.own] != nil && isWithinOthers(id.own)
    default: return false
    }
  }

  /// Whether there are columns of this type, or of one that is made of it, in other tables.
  private func isStored(_ type: Fact.ID) -> Bool {
    source.dependents(on: type).contains { link in
      switch link.id.kind {
      case .column where link.id.object == type.object: false
      case .column where link.id.object.kind == .table: true
      case .column where link.id.object.kind == .compositeType: isStored(link.id.own)
      case .domain, .rangeType: isStored(link.id)
      default: false
      }
    }
  }

  private func isWithinOthers(_ domain: Fact.ID) -> Bool {
    source.dependents(on: domain).contains { link in
      switch link.id.kind {
      case .column where link.id.object.kind == .table: source[link.id]?["type"]?.hasSuffix("[]") == true
      case .column where link.id.object.kind == .compositeType: isStored(link.id.own)
      case .domain: isWithinOthers(link.id)
      case .rangeType: isStored(link.id)
      default: false
      }
    }
  }

  // MARK: What follows

  private mutating func settle() {
    while let id = unsettled.popLast() {
      switch fate(id) {
      case .dropped: for link in source.dependents(on: id) { follow(link, dropped: id) }
      case .replaced, .converted:
        for link in source.dependents(on: id) { follow(link, replaced: id) }
        guard id == id.own else { continue }
        for member in source.members(of: id.object) where fate(member) == .dropped {
          for link in source.dependents(on: member) { follow(link, dropped: member) }
        }
      case .altered where needsToBeFree(id): for link in source.dependents(on: id) { follow(link, changed: id) }
      case .altered, .kept, .created: break
      }
    }
  }

  /// Something that stays although what it needs goes: only in what it is, never in what it says.
  private mutating func follow(_ link: Dependencies.Link, dropped id: Fact.ID) {
    let isFreed = !target.dependencies.needs(of: link.id).contains { $0.id.own == id.own }
    guard fate(link.id) == .kept || fate(link.id) == .altered && isRemoved(id.own) && !isFreed, !letGo(link.id) else {
      return
    }
    set(link.id, .replaced)
  }

  private mutating func follow(_ link: Dependencies.Link, replaced id: Fact.ID) {
    let dependent = link.id
    let isSetAside = dependent == dependent.own && isConvertible(dependent)
    // What is set aside needs the old one still.
    if isSetAside, isConvertible(id), fate(id) == .replaced, fate(dependent) != .dropped { set(id, .converted) }
    guard [.kept, .altered].contains(fate(dependent)), !letGo(dependent) else { return }
    if isConvertible(id), dependent.kind == .column, dependent.object != id.object,
      [.table, .compositeType].contains(dependent.object.kind)
    {
      if fate(id) == .replaced { set(id, .converted) }
      if dependent.object.kind == .table, !isPartitionKey(dependent) {
        if fate(dependent) == .kept { set(dependent, .altered) }
        return
      }
      set(dependent.own, .converted)
      return
    }
    if fate(dependent) == .altered, !target.dependencies.needs(of: dependent).contains(where: { $0.id == id }) {
      return
    }
    set(dependent, isSetAside ? .converted : .replaced)
  }

  /// What cannot be while a column gets another type.
  private mutating func follow(_ link: Dependencies.Link, changed id: Fact.ID) {
    let dependent = link.id
    guard [.kept, .altered].contains(fate(dependent)) else { return }
    switch dependent.kind {
    case .view, .materializedView, .policy, .trigger, .rule, .default, .function, .procedure, .publishedTable:
      set(dependent, .replaced)
    case .column where dependent.object == id.object && source[dependent]?.has("generated") == true:
      set(dependent, .replaced)
    case .column where dependent.object.kind == .table && dependent.object != id.object:
      // The same column of a table that inherits it.
      if fate(dependent) == .kept { set(dependent, .altered) }
    case .constraint where source[dependent]?["type"] == "foreign key" && fate(dependent) == .kept:
      set(dependent, .replaced)
    default:
      break
    }
  }

  /// Lets a sequence be let go by the column that owns it, if that is what the fact is.
  private mutating func letGo(_ id: Fact.ID) -> Bool {
    guard id.kind == .sequence, source[id]?.has("identity") == false, target[id]?.has("identity") == false else {
      return false
    }
    if fate(id) == .kept { fates[id] = .altered }
    return true
  }

  /// Whether what is of this type, or in this table, can be taken over by a new one of the same name.
  private func isConvertible(_ id: Fact.ID) -> Bool {
    [.enumeration, .domain, .compositeType, .table].contains(id.kind) && target[id] != nil && source[id] != nil
  }

  private func isPartitionKey(_ column: Fact.ID) -> Bool {
    guard let key = source[column.own]?["partition by"], let name = column.member?.name else { return false }
    return key.contains(Identifier.quoted(name))
  }

  /// Whether nothing may depend on a fact while it is altered.
  func needsToBeFree(_ id: Fact.ID) -> Bool {
    guard id.kind == .column, [.table, .compositeType].contains(id.object.kind), let old = source[id],
      let new = target[id]
    else { return false }
    return old["type"] != new["type"] || old["collation"] != new["collation"] || changesType(of: id)
  }

  /// Whether the column's type has the old one's name and is another.
  func changesType(of column: Fact.ID) -> Bool {
    source.dependencies.needs(of: column).contains { fate($0.id) == .converted && $0.id.object != column.object }
  }

  /// Whether an identity column gets another sequence.
  func changesIdentity(of column: Fact.ID) -> Bool {
    guard column.kind == .column, let old = source.identitySequence(of: column),
      let new = target.identitySequence(of: column)
    else { return false }
    return old.id != new.id
  }

  // MARK: Losses

  /// What rows and values go, by what they are of.
  var losses: [Fact.ID: String] {
    var losses: [Fact.ID: String] = [:]
    for id in fates.keys { losses[id] = loss(of: id) }
    return losses
  }

  private func loss(of id: Fact.ID) -> String? {
    switch (fate(id), id.kind) {
    case (.dropped, .table), (.replaced, .table): return "\(id) with its rows"
    // What stays of a table that is made anew is taken over.
    case (.dropped, .column) where fate(id.own) != .dropped, (.replaced, .column) where fate(id.own) != .converted:
      guard id.object.kind == .table, source[id]?.has("generated") == false else { return nil }
      return "\(id) with its values"
    case (.converted, .enumeration):
      guard let old = source[id], let new = target[id] else { return nil }
      let kept = Literal.values(of: new["labels"] ?? "")
      let lost = Literal.values(of: old["labels"] ?? "").filter { !kept.contains($0) }
      return lost.isEmpty ? nil : "\(lost.map(Literal.quoted).joined(separator: ", ")) of \(id), which rows may have"
    default: return nil
    }
  }

  // MARK: Order of columns

  /// A new column comes last. Where the second schema has it elsewhere, the table is made anew.
  private mutating func reorderColumns() {
    for (id, fact) in target.facts
    where [.table, .compositeType].contains(id.kind) && [.kept, .altered].contains(fate(id)) {
      let old = Identifier.names(of: source[id]?["column order"])
      let new = Identifier.names(of: fact["column order"])
      let staying = old.filter { !isRemoved(Fact.ID(column: $0, of: id.object)) }
      let coming = new.filter { isMade(Fact.ID(column: $0, of: id.object)) }
      if (staying + coming).map({ Array($0.utf8) }) != new.map({ Array($0.utf8) }) { set(id, .converted) }
    }
    settle()
  }
}

// MARK: - Order of what facts have sorted

extension Planner {
  /// Options that are the same in another order are said again. An event trigger must come again.
  private mutating func reorderLists() {
    for (id, list) in target.unsaid.lists where fate(id) == .kept && source.unsaid.lists[id] != list {
      set(id, id.kind == .eventTrigger ? .replaced : .altered)
    }
    settle()
  }

  /// A new grant comes last. Where the second schema has it elsewhere, those that follow it come again.
  private mutating func reorderGrants() {
    for (subject, wanted) in target.unsaid.grantees where wanted.count > 1 && !isMade(subject) {
      guard let present = source.unsaid.grantees[subject] else { continue }
      // Of what was granted further, nothing can be taken back.
      guard !(present + wanted).contains(where: { $0.contains(" by ") }) else { continue }
      for grantee in Unsaid.outOfPlace(present, wanted: wanted) {
        let grant = Fact.ID(kind: .grant, object: subject.object, member: subject.member, qualifier: grantee)
        if [.kept, .altered].contains(fate(grant)) { set(grant, .replaced) }
      }
    }
    settle()
  }
}

extension Fact {
  /// Whether all that differs is the list of a table's columns, which follows from the columns.
  fileprivate func saysTheSame(as other: Fact) -> Bool {
    [.table, .compositeType].contains(id.kind) && definition == other.definition
      && attributes.filter { $0.name != "column order" } == other.attributes.filter { $0.name != "column order" }
  }
}

extension SchemaIndex {
  func dependents(on id: Fact.ID) -> [Dependencies.Link] { dependencies.dependents(on: id) }
}
