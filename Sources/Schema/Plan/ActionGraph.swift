internal import HeapModule

/// The steps of a plan and which of them must come before which.
struct ActionGraph {
  private let planner: Planner
  private let source: SchemaIndex
  private let target: SchemaIndex
  /// Whether what can be a step of its own is one. Plans are made so only where steps would need each other: two tables
  /// that refer to each other.
  private let isAtomic: Bool
  /// The step that takes a fact of the first schema away.
  private var removal: [Fact.ID: Action] = [:]
  /// The step that changes a fact which is in both.
  private var alteration: [Fact.ID: Action] = [:]
  /// The step after which a fact of the second schema is there.
  private var making: [Fact.ID: Action] = [:]
  /// What a step does besides what it is named for.
  private(set) var carried: [Action: [Fact.ID]] = [:]
  private var actions: Set<Action> = []
  private var followers: [Action: Set<Action>] = [:]
  /// Those that come after a step wherever nothing else stands against it.
  private var wishes: [Action: Set<Action>] = [:]

  init(_ planner: Planner, isAtomic: Bool = false) {
    self.planner = planner
    source = planner.source
    target = planner.target
    self.isAtomic = isAtomic
    for id in planner.fates.keys.sorted() { addActions(for: id) }
    addDependencies()
    addNameClashes()
    addWishes()
  }

  // MARK: Actions

  private mutating func addActions(for id: Fact.ID) {
    if id.kind == .column, [.view, .materializedView].contains(id.object.kind), planner.fate(id.own) == .altered {
      alteration[id] = Action(verb: .alter, id: id.own)
      return
    }
    switch planner.fate(id) {
    case .kept: break
    case .altered:
      let action = Action(verb: .alter, id: id)
      add(action, carrying: id)
      alteration[id] = action
      if needsFinish(id) { add(Action(verb: .finish, id: id), carrying: id) }
    case .dropped: addRemoval(of: id)
    case .created: addMaking(of: id)
    case .replaced:
      addRemoval(of: id)
      addMaking(of: id)
      if let removal = removal[id], let making = making[id], !isSetAside(removal) { order(removal, making) }
    case .converted:
      let setAside = Action(verb: .setAside, id: id)
      let drop = Action(verb: .drop, id: id)
      let create = Action(verb: .create, id: id)
      for action in [setAside, create, drop] { add(action, carrying: id) }
      removal[id] = drop
      making[id] = create
      order(setAside, create)
      order(create, drop)
      if id.kind == .table {
        let finish = Action(verb: .finish, id: id)
        add(finish, carrying: id)
        order(create, finish)
        order(finish, drop)
      }
    }
  }

  /// Whether what goes has another name by then, and may be there beside what takes its place.
  private func isSetAside(_ action: Action) -> Bool {
    action.verb == .drop && planner.fate(action.id) == .converted
  }

  /// The step that takes a fact of the first schema away; nil for one that stays.
  func removal(of id: Fact.ID) -> Action? { removal[id] }

  private mutating func add(_ action: Action, carrying id: Fact.ID) {
    actions.insert(action)
    if action.id != id { carried[action, default: []].append(id) }
  }

  private mutating func addRemoval(of id: Fact.ID) {
    let carrier = root(of: id, where: { planner.isRemoved($0) }, carriers: removalCarriers) ?? id
    let action: Action
    if planner.fate(carrier) == .converted, carrier != id, freesItsName(id) {
      // The name is wanted again before the old table goes.
      let first = root(of: id, where: { planner.isRemoved($0) && freesItsName($0) }, carriers: removalCarriers)
      action = Action(verb: .drop, id: first ?? id)
      if action.id.object == carrier.object { order(Action(verb: .setAside, id: carrier), action) }
    } else if carrier.kind == .sequence, source[carrier]?.has("identity") == true,
      let column = alteredColumn(of: carrier, in: source)
    {
      action = Action(verb: .alter, id: column)
    } else {
      action = Action(verb: .drop, id: carrier)
    }
    add(action, carrying: id)
    removal[id] = action
  }

  private mutating func addMaking(of id: Fact.ID) {
    if let carrier = alteredCarrier(of: id) {
      let action = Action(verb: .alter, id: carrier)
      add(action, carrying: id)
      making[id] = action
      return
    }
    let carrier = root(of: id, where: { planner.isMade($0) }, carriers: makingCarriers) ?? id
    let isLate = carrier != id && carrier.kind == .table && isMadeByAttaching(id)
    let action = Action(verb: isLate ? .finish : .create, id: carrier)
    add(action, carrying: id)
    making[id] = action
    if id.kind == .baseType, target[id]?.has("shell") == false { order(announcement(of: id), action) }
    if needsFinish(id) {
      let finish = Action(verb: .finish, id: id)
      add(finish, carrying: id)
      order(action, finish)
    }
  }

  /// Whether a fact needs a step when all else is there.
  private func needsFinish(_ id: Fact.ID) -> Bool {
    guard let new = target[id] else { return false }
    switch id.kind {
    case .sequence:
      guard new["owned by"] != nil, !new.has("identity") else { return false }
      return planner.isMade(id) || source[id]?["owned by"] != new["owned by"] || isLetGo(id)
    case .table, .foreignTable:
      guard new.has("parents") else { return false }
      return planner.isMade(id) || source[id]?["partition bound"] != new["partition bound"]
        || source[id]?["parents"] != new["parents"] || reattaches(id)
    default: return false
    }
  }

  /// Whether what a sequence needs is its owner, which it gets when both are there.
  private func isOwnership(_ link: Dependencies.Link, of id: Fact.ID) -> Bool {
    id.kind == .sequence && link.isAutomatic && link.id.kind == .column && target[id]?.has("identity") == false
  }

  /// Whether a sequence stays while the column that owns it goes.
  func isLetGo(_ id: Fact.ID) -> Bool {
    id.kind == .sequence && !planner.isRemoved(id) && source[id]?.has("identity") == false
      && source.dependencies.needs(of: id).contains { $0.id.kind == .column && planner.isRemoved($0.id) }
  }

  /// Whether a partition stays while its table is made anew.
  private func reattaches(_ id: Fact.ID) -> Bool {
    source.dependencies.needs(of: id).contains { $0.id.kind == .table && planner.isRemoved($0.id) }
  }

  private func freesItsName(_ id: Fact.ID) -> Bool {
    guard id.object.kind == .table || id.kind == .sequence else { return false }
    return switch id.kind {
    case .constraint, .index: true
    case .sequence: source[id]?.has("identity") == true
    case .default: needsWhatGoes(id)
    case .column: source[id]?.has("generated") == true && needsWhatGoes(id)
    default: false
    }
  }

  /// Whether an expression of a table that is set aside has something that goes earlier.
  private func needsWhatGoes(_ id: Fact.ID) -> Bool {
    source.dependencies.needs(of: id).contains {
      $0.id.object != id.object && [.dropped, .replaced].contains(planner.fate($0.id)) && $0.id == $0.id.own
    }
  }

  // MARK: What is done along with something else

  private func root(
    of id: Fact.ID, where condition: (Fact.ID) -> Bool, carriers: (Fact.ID) -> [Fact.ID]
  ) -> Fact.ID? {
    var current = id
    var seen: Set<Fact.ID> = [id]
    while let next = carriers(current).first(where: { condition($0) && !seen.contains($0) }) {
      seen.insert(next)
      current = next
    }
    return current == id ? nil : current
  }

  private func removalCarriers(_ id: Fact.ID) -> [Fact.ID] {
    if isAtomic, id.kind == .constraint, source[id]?["type"] == "foreign key", source[id]?.has("inherited") == false {
      return []
    }
    // A policy of a table over a view of it, a default that calls a function over its rows.
    if isAtomic, [.policy, .default, .constraint].contains(id.kind), source[id]?.has("inherited") == false,
      source.dependencies.needs(of: id).contains(where: {
        $0.id.object != id.object && planner.isRemoved($0.id.own)
      })
    {
      return []
    }
    if id.kind == .function,
      let type = source.dependencies.needs(of: id).map(\.id).first(where: { type in
        type.kind == .baseType && source.dependencies.needs(of: type).contains { $0.id == id }
      })
    {
      return [type]
    }
    let isLeft =
      [.constraint, .index].contains(id.kind) && planner.fate(id.own) == .altered && leavesParents(id.own)
      || [.column, .default].contains(id.kind) && planner.fate(id.own) == .converted
    let carriers = source.dependencies.needs(of: id).filter(\.isAutomatic).map(\.id)
      // What a table has when it leaves stays there.
      .filter { !isLeft || $0.object == id.object }
    // What was handed down goes with what it was handed down from.
    return carriers.filter { $0.kind == id.kind } + carriers.filter { $0.kind != id.kind }
  }

  private func makingCarriers(_ id: Fact.ID) -> [Fact.ID] {
    guard let new = target[id] else { return [] }
    switch id.kind {
    case .column:
      if id.object.kind.hasColumns,
        planner.isMade(id.own)
      {
        return [id.own]
      }
      return new["inherited"] == "yes" ? handedDownBy(id) : []
    case .sequence:
      return new.has("identity") ? target.dependencies.needs(of: id).map(\.id).filter { $0.kind == .column } : []
    case .default:
      guard !isAtomic, !leads(from: id, to: id.own), id.object.kind != .view else { return [] }
      return [id.subject]
    case .index:
      return target.dependencies.needs(of: id).map(\.id).filter { $0.kind == .constraint && $0.object == id.object }
    case .constraint:
      if id.object.kind == .domain { return planner.isMade(id.own) && !new.has("not valid") ? [id.own] : [] }
      if planner.isMade(id.own) {
        if new["type"] == "foreign key" { return new["inherited"] == "yes" ? [id.own] : [] }
        guard !isAtomic, !new.has("not valid"), rival(of: id) == nil, !leads(from: id, to: id.own) else { return [] }
        return [id.own]
      }
      return new["inherited"] == "yes" ? handedDownBy(id) : []
    default:
      return []
    }
  }

  private func handedDownBy(_ id: Fact.ID) -> [Fact.ID] {
    target.dependencies.needs(of: id).filter { $0.id.kind == id.kind && $0.id.object != id.object }.map(\.id)
  }

  /// A foreign key of a partitioned table, which its partitions get when they are attached.
  private func isMadeByAttaching(_ id: Fact.ID) -> Bool {
    id.kind == .constraint && target[id]?["type"] == "foreign key" && target[id]?["inherited"] == "yes"
  }

  /// The sequence of a column that becomes an identity column.
  private func alteredCarrier(of id: Fact.ID) -> Fact.ID? {
    guard id.kind == .sequence, target[id]?.has("identity") == true else { return nil }
    return alteredColumn(of: id, in: target)
  }

  private func alteredColumn(of sequence: Fact.ID, in index: SchemaIndex) -> Fact.ID? {
    index.dependencies.needs(of: sequence).map(\.id).first { $0.kind == .column && planner.fate($0) == .altered }
  }

  /// Whether making `id` needs, over others that are made, the table that it would be made with.
  private func leads(from id: Fact.ID, to table: Fact.ID) -> Bool {
    var seen: Set<Fact.ID> = [id]
    var waiting = target.dependencies.needs(of: id).map(\.id).filter { $0.object != id.object }
    while let next = waiting.popLast() {
      if next.own == table { return true }
      guard planner.isMade(next) || planner.fate(next) == .altered, seen.insert(next).inserted else { continue }
      waiting += target.dependencies.needs(of: next).filter { !isOwnership($0, of: next) }.map(\.id)
    }
    return false
  }

  // MARK: Order

  private mutating func order(_ first: Action, _ second: Action) {
    if first != second { followers[first, default: []].insert(second) }
  }

  private mutating func addDependencies() {
    keepColumnsInOrder()
    keepGrantsInOrder()
    for (id, action) in making {
      for link in target.dependencies.needs(of: id) where !isOwnership(link, of: id) {
        addNeed(of: id, action, for: link.id)
      }
    }
    for (id, action) in alteration {
      for link in target.dependencies.needs(of: id) {
        // A table joins others when it is finished.
        if id.kind.canBePartition, link.id.kind == .table { continue }
        // And a sequence gets its owner then.
        if id.kind == .sequence, link.isAutomatic { continue }
        if let needed = making[link.id] { order(needed, action) }
        if let needed = alteration[link.id], link.id.kind == id.kind { order(needed, action) }
      }
      for link in source.dependents(on: id) {
        guard let removed = removal[link.id],
          id.kind == .column && link.id.kind == .default || planner.needsToBeFree(id)
        else { continue }
        order(leaving(link.id, removed, from: id), action)
      }
      if action.id == id { orderFinish(of: id, after: action) }
    }
    for (id, action) in removal {
      for link in source.dependents(on: id) {
        if let other = removal[link.id] {
          // What goes by itself need not have gone.
          if !link.isAutomatic || link.id == other.id { order(leaving(link.id, other, from: id), action) }
        } else if let other = alteration[link.id] {
          order(other, action)
        }
        if isLetGo(link.id) { order(letGo(link.id), action) }
      }
    }
    for action in actions where action.verb == .finish { orderFinish(action) }
    for (id, fate) in planner.fates where fate == .converted {
      // What goes is told by the old name.
      for link in source.dependents(on: id) where link.id == link.id.own {
        if let gone = removal[link.id], gone.id == link.id, !isSetAside(gone) {
          order(gone, Action(verb: .setAside, id: id))
        }
      }
    }
    orderCasts()
    for (id, action) in making {
      guard let taken = rival(of: id) else { continue }
      for link in target.dependencies.needs(of: taken) where link.id.kind == .index && link.id.object != id.object {
        if let other = making[link.id] { order(other, action) }
      }
    }
    orderHandedDownTriggers()
    for (id, action) in alteration where id.kind.canBePartition { orderChangeOfParents(of: id, action) }
    for (id, action) in removal where id.kind.canBePartition { orderSiblings(of: id, after: action) }
  }

  /// A table that is set aside has left the ones that it inherited from.
  private func leaving(_ column: Fact.ID, _ removal: Action, from other: Fact.ID) -> Action {
    column.kind == .column && other.kind == .column && column.object != other.object
      && removal.id.object == column.object && isSetAside(removal)
      ? Action(verb: .setAside, id: removal.id) : removal
  }

  /// An expression that has a cast needs its function, and not the cast: that is what the server keeps.
  private mutating func orderCasts() {
    for (id, action) in making where id.kind == .cast {
      for function in target.dependencies.needs(of: id) where function.id.kind == .function {
        for link in target.dependents(on: function.id) {
          if let other = making[link.id] ?? alteration[link.id] { order(action, other) }
        }
      }
    }
  }

  // MARK: Partitions

  /// Where a partition has two indexes with the same keys, the whole table's takes in the one that is there: what it
  /// takes in, of a key or an index that must come later.
  private func rival(of id: Fact.ID) -> Fact.ID? {
    guard [.constraint, .index].contains(id.kind), target[id.own]?.has("partition bound") == true else { return nil }
    let indexes = target.members(of: id.object).compactMap { $0.kind == .index ? target[$0] : nil }
    let own =
      id.kind == .index ? target[id] : indexes.first { $0["constraint"] == id.member?.name }
    guard let own, !own.has("parent") else { return nil }
    return indexes.first {
      $0.has("parent") && $0.id != own.id && $0["keys"] == own["keys"] && $0["method"] == own["method"]
        && $0["predicate"] == own["predicate"]
    }?.id
  }

  /// Whether a partition's trigger fires is said when the whole table's has been said.
  private mutating func orderHandedDownTriggers() {
    for id in planner.fates.keys where id.kind == .trigger {
      if let action = making[id] ?? alteration[id], let parent = target.handedDownTrigger(id) {
        if let other = making[parent] ?? alteration[parent] { order(other, action) }
        let finish = Action(verb: .finish, id: id.own)
        if actions.contains(finish) { order(finish, action) }
      } else if let action = removal[id], action.id == id, let parent = source.handedDownTrigger(id),
        let other = alteration[parent]
      {
        order(other, action)
      }
    }
  }

  /// What a table has from others goes when it has left them. A partition that only gets another bound has first what it
  /// has from the whole.
  private mutating func orderChangeOfParents(of id: Fact.ID, _ action: Action) {
    guard let old = source[id], let new = target[id], old.has("parents"),
      old["parents"] != new["parents"] || old["partition bound"] != new["partition bound"]
    else { return }
    orderSiblings(of: id, after: action)
    guard old["parents"] == new["parents"] else {
      for parent in source.parents(of: id.object) where planner.fate(Fact.ID(own: parent)) == .converted {
        order(action, Action(verb: .setAside, id: Fact.ID(own: parent)))
      }
      for member in source.members(of: id.object)
      where source[member]?.has("parent") == true || source[member]?.has("inherited") == true {
        if let gone = removal[member], gone.id.object == id.object { order(action, gone) }
      }
      return
    }
    for parent in source.parents(of: id.object) where !planner.isRemoved(Fact.ID(own: parent)) {
      for member in Set(source.members(of: parent) + target.members(of: parent))
      where [.column, .constraint, .index, .trigger, .default].contains(member.kind) {
        for other in [removal[member], alteration[member], making[member]] { if let other { order(other, action) } }
      }
    }
  }

  private func leavesParents(_ id: Fact.ID) -> Bool {
    id.kind == .table && source[id]?.has("parents") == true && target[id] != nil
      && source[id]?["parents"] != target[id]?["parents"]
  }

  private func changesBoundOnly(_ id: Fact.ID) -> Bool {
    guard id.kind == .table, alteration[id] != nil, let old = source[id], let new = target[id] else { return false }
    return old["partition bound"] != new["partition bound"] && old["parents"] == new["parents"]
  }

  /// Partitions that go, or leave, make room for those that come.
  private mutating func orderSiblings(of id: Fact.ID, after action: Action) {
    guard source[id]?.has("partition bound") == true, !isSetAside(action) else { return }
    for parent in source.parents(of: id.object) where !planner.isRemoved(Fact.ID(own: parent)) {
      for other in target.dependents(on: Fact.ID(own: parent)) where other.id.kind.canBePartition && other.id != id {
        let finish = Action(verb: .finish, id: other.id)
        if actions.contains(finish) { order(action, finish) }
      }
    }
  }

  /// New columns come last, one after the other.
  private mutating func keepColumnsInOrder() {
    for object in Set(making.keys.filter { $0.kind == .column && $0.object.kind.hasColumns }.map(\.object)) {
      let actions = target.columns(of: object).compactMap { making[$0.id] }.filter {
        $0.verb == .create && $0.id.kind == .column
      }
      for (first, second) in zip(actions, actions.dropFirst()) { order(first, second) }
    }
  }

  private mutating func keepGrantsInOrder() {
    for (subject, grantees) in target.unsaid.grantees where grantees.count > 1 {
      let actions = grantees.compactMap { grantee in
        making[Fact.ID(kind: .grant, object: subject.object, member: subject.member, qualifier: grantee)]
      }
      for (first, second) in zip(actions, actions.dropFirst()) { order(first, second) }
    }
  }

  /// A type of the user's own has a name before it has the functions that it is made of.
  private func announcement(of type: Fact.ID) -> Action { Action(verb: .setAside, id: type) }

  private func letGo(_ id: Fact.ID) -> Action { alteration[id] ?? Action(verb: .alter, id: id) }

  private mutating func addNeed(of id: Fact.ID, _ action: Action, for needed: Fact.ID) {
    guard let other = making[needed] ?? alteration[needed], !changesBoundOnly(needed) else { return }
    if needed.kind == .baseType, target.dependencies.needs(of: needed).contains(where: { $0.id == id }) {
      return order(announcement(of: needed), action)
    }
    // A partition's index and key are there before those of the whole table, which takes them in.
    if id.kind == needed.kind, [.index, .constraint].contains(id.kind), isPartitionOf(id.object, needed.object) {
      if action.verb == .create, action.id.object == id.object, other.id != needed.own { return order(action, other) }
      return
    }
    order(other, action)
  }

  private func isPartitionOf(_ child: Fact.Object, _ parent: Fact.Object) -> Bool {
    child != parent && target[Fact.ID(own: child)]?["parents"] == parent.qualifiedName
      && target[Fact.ID(own: child)]?.has("partition bound") == true
  }

  private mutating func orderFinish(of id: Fact.ID, after action: Action) {
    let finish = Action(verb: .finish, id: id)
    if actions.contains(finish) { order(action, finish) }
    // A table that leaves another is not to get what that one gets from then on.
    guard id.kind == .table, source[id]?["parents"] != target[id]?["parents"] else { return }
    for link in source.dependencies.needs(of: id) where link.id.kind == .table {
      for member in target.members(of: link.id.object)
      where [.column, .constraint, .index, .trigger].contains(member.kind) {
        if let other = making[member] ?? alteration[member] { order(action, other) }
      }
    }
  }

  private mutating func orderFinish(_ action: Action) {
    let id = action.id
    for link in target.dependencies.needs(of: id) {
      if let other = making[link.id] ?? alteration[link.id] { order(other, action) }
    }
    switch id.kind {
    case .sequence:
      for link in target.dependencies.needs(of: id) where link.id.kind == .column {
        if let other = making[link.id] { order(other, action) }
        // They must have one owner.
        if let other = alteration[link.id.own] { order(other, action) }
      }
    default:
      for member in target.members(of: id.object) where [.column, .constraint, .index, .default].contains(member.kind) {
        guard let other = making[member] ?? alteration[member] else { continue }
        if rival(of: member) == nil { order(other, action) } else { order(action, other) }
        // Rows are taken over before triggers see them.
      }
      if planner.fate(id) == .converted {
        // Rows are taken over from partitions that are still there into partitions that are there already.
        for link in source.dependents(on: id) where link.id.kind == .table {
          if let other = removal[link.id] { order(action, other) }
        }
        for link in target.dependents(on: id) where link.id.kind == .table {
          let other = Action(verb: .finish, id: link.id)
          if actions.contains(other) { order(other, action) }
        }
        for member in target.members(of: id.object) where [.trigger, .rule, .constraint].contains(member.kind) {
          guard let other = making[member], other.verb == .create, other.id != id else { continue }
          followers[other]?.remove(action)
          order(action, other)
        }
        // And rows of others may refer to them.
        for key in target.members(of: id.object) where [.constraint, .index].contains(key.kind) {
          for link in target.dependents(on: key) where link.id.kind == .constraint && link.id.object != id.object {
            if let other = making[link.id], other.id == link.id { order(action, other) }
          }
        }
      }
      // Columns of the whole table come with it.
      for parent in target.dependencies.needs(of: id) where parent.id.kind == .table {
        for member in target.members(of: parent.id.object) where member.kind == .column {
          if let other = making[member] { order(other, action) }
        }
      }
    }
  }

  /// What goes makes room for what comes under its name.
  private mutating func addNameClashes() {
    var freed: [String: [Action]] = [:]
    for (id, action) in removal {
      guard let name = id.takenName else { continue }
      freed[name, default: []].append(isSetAside(action) ? Action(verb: .setAside, id: action.id) : action)
    }
    for (id, action) in making {
      guard let name = id.takenName else { continue }
      for other in freed[name] ?? [] where other != action { order(other, action) }
    }
  }

  private mutating func addWishes() {
    func action(_ point: BodyNeeds.Point) -> Action? {
      switch point {
      case .step(let id): making[id] ?? alteration[id]
      case .runnable(let id): Action(verb: .milestone, id: id)
      }
    }
    for (first, second) in BodyNeeds(planner).pairs {
      if let first = action(first), let second = action(second) { wishes[first, default: []].insert(second) }
    }
  }

  // MARK: Sorting

  /// The steps in an order in which each comes after all that it must come after.
  ///
  /// - Throws: When some steps need each other.
  func sorted() throws(PlanError) -> [Action] {
    var wishes = wishes
    var waitingFor: [Action: Int] = [:]
    for after in [followers, wishes].flatMap(\.values) { for action in after { waitingFor[action, default: 0] += 1 } }
    var rest = actions.union(followers.keys).union(wishes.keys).union(waitingFor.keys)
    var ready = Heap(rest.filter { waitingFor[$0] == nil }.map { Ranked(action: $0, source: source) })
    var sorted: [Action] = []
    func release(_ action: Action) {
      waitingFor[action]! -= 1
      if waitingFor[action] == 0 { ready.insert(Ranked(action: action, source: source)) }
    }
    while true {
      while let next = ready.popMin()?.action {
        rest.remove(next)
        if next.verb != .milestone { sorted.append(next) }
        for action in followers[next] ?? [] { release(action) }
        for action in wishes[next] ?? [] { release(action) }
      }
      if rest.isEmpty { return sorted }
      // Some wishes stand against the rest.
      let unheeded = wishesWithinCycles(of: rest, wishes)
      if unheeded.isEmpty { throw PlanError(cycle: cycle(in: rest)) }
      for (first, second) in unheeded {
        wishes[first]?.remove(second)
        release(second)
      }
    }
  }

  /// All that steps wait for within cycles that would be none without it.
  ///
  /// Each cycle that no step stands behind goes through a milestone, and on to a step that waits for it.
  private func wishesWithinCycles(
    of rest: Set<Action>, _ wishes: [Action: Set<Action>]
  ) -> [(first: Action, second: Action)] {
    let components = connectedComponents(from: rest) { action in
      Array((followers[action] ?? []).union(wishes[action] ?? []).intersection(rest))
    }
    return components.filter { $0.count > 1 }.flatMap { component in
      let members = Set(component)
      return component.filter { $0.verb == .milestone }.flatMap { milestone in
        (wishes[milestone] ?? []).filter { $0.verb != .milestone && members.contains($0) }.map { (milestone, $0) }
      }
    }
  }

  /// Some steps each of which must come before the next, and the last before the first.
  private func cycle(in rest: Set<Action>) -> [Action] {
    let cycles = connectedComponents(from: rest.sorted { $0.id < $1.id }) {
      Array(followers[$0]?.intersection(rest) ?? [])
    }
    guard let members = cycles.first(where: { $0.count > 1 }).map(Set.init) else { return [] }
    var path: [Action] = []
    var places: [Action: Int] = [:]
    var current = members.min { $0.id < $1.id }
    while let action = current, places[action] == nil {
      places[action] = path.count
      path.append(action)
      current = followers[action]?.filter(members.contains).min { $0.id < $1.id }
    }
    return Array(path[(current.flatMap { places[$0] } ?? 0)...])
  }

  /// The order among steps that could come in any: what goes first, then what changes and comes, each object's together.
  private struct Ranked: Comparable {
    let action: Action
    let phase: Int

    init(action: Action, source: SchemaIndex) {
      self.action = action
      phase =
        switch action.verb {
        case .milestone: -2
        // A label can only be used when the transaction that added it is over.
        case .alter where action.id.kind == .enumeration: -1
        case .setAside: 0
        case .drop: 1
        case .alter, .create, .finish: action.id.kind == .defaultPrivileges ? 4 : 3
        }
    }

    static func < (a: Ranked, b: Ranked) -> Bool {
      if a.phase != b.phase { return a.phase < b.phase }
      if a.action.id != b.action.id { return 0...1 ~= a.phase ? b.action.id < a.action.id : a.action.id < b.action.id }
      return a.action.verb.rawValue < b.action.verb.rawValue
    }
  }
}

extension Fact.Kind {
  fileprivate var canBePartition: Bool { [.table, .foreignTable].contains(self) }
}

extension Fact.ID {
  /// What no two things may be called at a time: relations, indexes and types among them share their names in a schema.
  fileprivate var takenName: String? {
    func path(_ name: String, _ space: String) -> String { "\(space) \(object.schema ?? "").\(name)" }
    switch kind {
    case .table, .foreignTable, .view, .materializedView, .sequence, .compositeType, .enumeration, .domain, .rangeType,
      .baseType:
      return path(object.name, "relation")
    case .index: return path(member?.name ?? "", "relation")
    case .constraint: return path("\(object.name).\(member?.name ?? "")", "constraint")
    case .function, .procedure, .aggregate: return path("\(object.name)(\(object.arguments ?? ""))", "routine")
    case .column: return path("\(object.name).\(member?.name ?? "")", "column")
    default: return nil
    }
  }
}
