internal import SQL
internal import Schema

// Views, functions, triggers and domains.

extension DeclaredSchema {
  mutating func apply(_ create: Syntax.CreateView, _ place: Place, _ isPending: Bool) {
    guard create.persistence != .temporary else { return }
    let name = resolve(create.name)
    let isSecurityInvoker = create.options.contains { $0.name == "security_invoker" && $0.isOn }
    var view = ViewShape(
      name: name, isMaterialized: false, isSecurityInvoker: isSecurityInvoker,
      readsAuthUsers: readsAuthUsers(create.reads))
    // The options of a view that is replaced are replaced with it, and so lost where none are written.
    if let old = shape.views[name], !isSecurityInvoker, old.isSecurityInvoker || old.lostSecurityInvoker != nil {
      view.lostSecurityInvoker = isPending ? place : nil
    }
    noteView(view, place, isPending)
  }

  mutating func noteView(_ view: ViewShape, _ place: Place, _ isPending: Bool) {
    shape.views[view.name] = view
    if isPending { viewPlaces[view.name] = place }
  }

  mutating func setOptions(_ options: [Syntax.Option], of view: QualifiedName, _ place: Place, _ isPending: Bool) {
    guard let option = options.first(where: { $0.name == "security_invoker" }) else { return }
    let isLost = shape.views[view]?.isSecurityInvoker == true && !option.isOn
    shape.views[view]?.lostSecurityInvoker = isLost && isPending ? place : nil
    shape.views[view]?.isSecurityInvoker = option.isOn
  }

  func readsAuthUsers(_ relations: [Syntax.QualifiedName]) -> Bool {
    relations.contains { resolve($0) == QualifiedName(schema: "auth", name: "users") }
  }

  // MARK: Functions

  mutating func apply(_ create: Syntax.CreateFunction, _ place: Place, _ isPending: Bool) {
    let arguments = create.parameters.filter { $0.mode != .out }.map(\.type.serverName).joined(separator: ", ")
    let key = FunctionKey(name: resolve(create.name), arguments: arguments)
    shape.functions[key] = FunctionShape(
      key: key, isProcedure: create.isProcedure, isSecurityDefiner: create.isSecurityDefiner,
      hasSearchPath: create.settings.contains { $0.name == "search_path" }, language: create.language ?? "sql",
      isVolatile: create.volatility == .volatile,
      isForTriggers: ["trigger", "event_trigger"].contains(create.returns?.name), isBoundEarly: create.body == .atomic)
    if isPending { functionPlaces[key] = place }
  }

  mutating func apply(_ alter: Syntax.AlterFunction, _ place: Place, _ isPending: Bool) {
    guard let key = key(of: alter.function) else { return }
    for setting in alter.settings where setting.name == "search_path" || setting.name.isEmpty {
      shape.functions[key]?.hasSearchPath = setting.action != .reset
    }
    if let isSecurityDefiner = alter.isSecurityDefiner {
      shape.functions[key]?.isSecurityDefiner = isSecurityDefiner
      if isPending { functionPlaces[key] = place }
    }
  }

  mutating func removeFunction(_ function: Syntax.ObjectReference) {
    guard let key = key(of: function) else { return }
    shape.functions[key] = nil
    functionPlaces[key] = nil
  }

  private func key(of function: Syntax.ObjectReference) -> FunctionKey? {
    let arguments = function.arguments?.map(\.serverName).joined(separator: ", ")
    return shape.function(FunctionKey(name: resolve(function.name), arguments: arguments ?? ""))?.key
  }

  // MARK: Triggers and domains

  mutating func apply(_ create: Syntax.CreateTrigger) {
    let isBeforeUpdate = create.timing == .before && create.events.contains(.update) && create.forEachRow
    let table = resolve(create.table)
    shape.tables[table]?.triggers.removeAll { $0.name == create.name }
    shape.tables[table]?.triggers.append(TriggerShape(name: create.name, isBeforeUpdate: isBeforeUpdate))
  }

  mutating func apply(_ alter: Syntax.AlterDomain) {
    switch alter.action {
    case .addConstraint, .setNotNull: shape.domains[resolve(alter.name)] = true
    default: break
    }
  }
}

extension Syntax.Option {
  /// Whether it says yes, as a boolean option does also when it stands alone.
  var isOn: Bool {
    guard let value else { return true }
    return ["true", "on", "yes", "1", "t", "y"].contains(value.lowercased())
  }
}
