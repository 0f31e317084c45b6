internal import CPGQuery

// The C structs of a parse tree, read as Swift reads: arrays for pointers to pointers, nil for what protobuf leaves empty.

typealias Node = UnsafeMutablePointer<PgQuery__Node>

extension Array where Element == Node {
  init(_ first: UnsafeMutablePointer<Node?>?, count: Int) {
    self = UnsafeBufferPointer(start: first, count: first == nil ? 0 : count).compactMap { $0 }
  }
}

extension String {
  /// A string of the tree; protobuf has no absent strings, only empty ones.
  init(tree string: UnsafeMutablePointer<CChar>?) {
    self = string.map { String(cString: $0) } ?? ""
  }
}

/// A string of the tree, nil when it is empty.
func nonempty(_ string: UnsafeMutablePointer<CChar>?) -> String? {
  guard let string, string.pointee != 0 else { return nil }
  return String(cString: string)
}

extension Node {
  var kind: PgQuery__Node__NodeCase { pointee.node_case }

  /// The parser's name for it, as `ExplainStmt`.
  var kindName: String {
    let field = protobuf_c_message_descriptor_get_field(pointee.base.descriptor, UInt32(kind.rawValue))
    let descriptor = field?.pointee.descriptor?.assumingMemoryBound(to: ProtobufCMessageDescriptor.self)
    return descriptor?.pointee.short_name.map { String(cString: $0) } ?? "unknown"
  }

  /// The value of a `String` node.
  var string: String? {
    kind == PG_QUERY__NODE__NODE_STRING ? String(tree: pointee.string.pointee.sval) : nil
  }

  /// The elements of a `List` node.
  var list: [Node]? {
    kind == PG_QUERY__NODE__NODE_LIST ? Array(pointee.list.pointee.items, count: pointee.list.pointee.n_items) : nil
  }

  var relation: UnsafeMutablePointer<PgQuery__RangeVar>? {
    kind == PG_QUERY__NODE__NODE_RANGE_VAR ? pointee.range_var : nil
  }

  var definition: UnsafeMutablePointer<PgQuery__DefElem>? {
    kind == PG_QUERY__NODE__NODE_DEF_ELEM ? pointee.def_elem : nil
  }

  var role: UnsafeMutablePointer<PgQuery__RoleSpec>? {
    kind == PG_QUERY__NODE__NODE_ROLE_SPEC ? pointee.role_spec : nil
  }

  var typeName: UnsafeMutablePointer<PgQuery__TypeName>? {
    kind == PG_QUERY__NODE__NODE_TYPE_NAME ? pointee.type_name : nil
  }
}
