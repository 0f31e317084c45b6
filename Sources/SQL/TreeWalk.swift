internal import CPGQuery

extension Node {
  /// Calls the function with this node and all below it, from the root down.
  ///
  /// The way down is read from protobuf-c's descriptors, so that no kind of node is forgotten.
  func walk(_ visit: (Node) -> Void) {
    walkMessage(UnsafeRawPointer(self), visit)
  }

  private func walkMessage(_ message: UnsafeRawPointer, _ visit: (Node) -> Void) {
    guard let descriptor = message.assumingMemoryBound(to: ProtobufCMessage.self).pointee.descriptor else { return }
    if descriptor == pointee.base.descriptor {
      let node = Node(mutating: message.assumingMemoryBound(to: PgQuery__Node.self))
      visit(node)
      // A node is a union of pointers: whichever is set, this is its address.
      if let content = node.pointee.alias { walkMessage(UnsafeRawPointer(content), visit) }
      return
    }
    let fields = UnsafeBufferPointer(start: descriptor.pointee.fields, count: Int(descriptor.pointee.n_fields))
    for field in fields where field.type == PROTOBUF_C_TYPE_MESSAGE {
      let place = message + Int(field.offset)
      if field.label == PROTOBUF_C_LABEL_REPEATED {
        let count = (message + Int(field.quantifier_offset)).load(as: Int.self)
        guard count > 0, let first = place.load(as: UnsafeRawPointer?.self) else { continue }
        for element in 0..<count {
          let stride = MemoryLayout<UnsafeRawPointer>.stride
          guard let child = first.load(fromByteOffset: element * stride, as: UnsafeRawPointer?.self) else { continue }
          walkMessage(child, visit)
        }
      } else if field.flags & UInt32(PROTOBUF_C_FIELD_FLAG_ONEOF.rawValue) == 0 {
        // The only other union is that of a constant's value, which has no nodes in it.
        guard let child = place.load(as: UnsafeRawPointer?.self) else { continue }
        walkMessage(child, visit)
      }
    }
  }
}

/// What an expression or a query has in it, anywhere.
struct TreeFacts {
  private var calls: [(name: Syntax.QualifiedName, location: Int32)] = []
  private var functionCalls: [(name: Syntax.QualifiedName, location: Int32)] = []
  /// The locations of the calls within subqueries that read nothing.
  private var callsOnce: Set<Int32> = []
  private(set) var relations: [Syntax.QualifiedName] = []
  private(set) var hasSubquery = false
  private(set) var modifiesData = false

  init(_ root: Node) {
    root.walk { node in
      switch node.kind {
      case PG_QUERY__NODE__NODE_FUNC_CALL:
        let call = node.pointee.func_call.pointee
        if let name = Syntax.QualifiedName(Array(call.funcname, count: call.n_funcname)) {
          calls.append((name, call.location))
          functionCalls.append((name, call.location))
        }
      case PG_QUERY__NODE__NODE_SQLVALUE_FUNCTION:
        let function = node.pointee.sqlvalue_function.pointee
        calls.append((Syntax.QualifiedName(schema: nil, name: function.op.keyword), function.location))
      case PG_QUERY__NODE__NODE_RANGE_VAR:
        relations.append(Syntax.QualifiedName(node.pointee.range_var))
      case PG_QUERY__NODE__NODE_SUB_LINK:
        hasSubquery = true
        let query = node.pointee.sub_link.pointee.subselect
        guard let query, query.kind == PG_QUERY__NODE__NODE_SELECT_STMT,
          query.pointee.select_stmt.pointee.n_from_clause == 0
        else { break }
        query.walk { inner in
          if inner.kind == PG_QUERY__NODE__NODE_FUNC_CALL {
            callsOnce.insert(inner.pointee.func_call.pointee.location)
          }
        }
      case PG_QUERY__NODE__NODE_INSERT_STMT, PG_QUERY__NODE__NODE_UPDATE_STMT, PG_QUERY__NODE__NODE_DELETE_STMT:
        modifiesData = true
      default: break
      }
    }
  }

  /// In the order of the text.
  var callsPerRow: [(name: Syntax.QualifiedName, location: Int32)] {
    functionCalls.filter { !callsOnce.contains($0.location) }.sorted { $0.location < $1.location }
  }

  /// In the order of the text.
  var functions: [Syntax.QualifiedName] {
    calls.sorted { $0.location < $1.location }.map(\.name)
  }
}

extension PgQuery__SQLValueFunctionOp {
  /// In lowercase.
  fileprivate var keyword: String {
    switch self {
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_DATE: "current_date"
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_TIME, PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_TIME_N:
      "current_time"
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_LOCALTIME, PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_LOCALTIME_N:
      "localtime"
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_LOCALTIMESTAMP,
      PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_LOCALTIMESTAMP_N:
      "localtimestamp"
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_ROLE: "current_role"
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_USER: "current_user"
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_USER: "user"
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_SESSION_USER: "session_user"
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_CATALOG: "current_catalog"
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_SCHEMA: "current_schema"
    default: "current_timestamp"
    }
  }
}
