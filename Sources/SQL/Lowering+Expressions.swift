internal import CPGQuery

extension Lowering {
  /// - Parameter range: Where the tokens have it; the whole statement when they could not find it.
  func expression(_ node: Node, in range: Range<Int>?) -> Syntax.Expression {
    let range = range ?? self.range
    let facts = TreeFacts(node)
    return Syntax.Expression(
      text: text(range),
      range: range,
      isConstant: node.isConstant,
      isNull: node.isNullConstant,
      functions: facts.functions,
      hasSubquery: facts.hasSubquery,
      callsPerRow: facts.callsPerRow.map { call in
        Syntax.Expression.Call(function: call.name, range: callRange(at: offset(call.location)))
      })
  }

  private func callRange(at start: Int) -> Range<Int> {
    var index = tokens.index(at: start)
    while index < tokens.tokens.count, !tokens.isPunctuation(Byte.openParenthesis, at: index) { index += 1 }
    let end = tokens.endOfElement(from: index)
    return tokens.closingParenthesis(of: index).flatMap { tokens.range(from: tokens.index(at: start), to: $0 + 1) }
      ?? tokens.range(from: tokens.index(at: start), to: end) ?? start..<start
  }

  /// The expression in parentheses after a word that stands outside all others.
  func expression(_ node: Node, inParenthesesAfter word: StaticString, from start: Int) -> Syntax.Expression {
    let keyword = tokens.index(of: word, from: start)
    return expression(node, in: keyword.flatMap { tokens.contentsOfParentheses(at: $0 + 1) })
  }
}

extension Node {
  /// Whether it is a literal, perhaps with a sign or a cast, or an array of such.
  fileprivate var isConstant: Bool {
    switch kind {
    case PG_QUERY__NODE__NODE_A_CONST:
      return true
    case PG_QUERY__NODE__NODE_TYPE_CAST:
      return pointee.type_cast.pointee.arg?.isConstant ?? false
    case PG_QUERY__NODE__NODE_A_ARRAY_EXPR:
      let array = pointee.a_array_expr.pointee
      return Array(array.elements, count: array.n_elements).allSatisfy(\.isConstant)
    case PG_QUERY__NODE__NODE_A_EXPR:
      let expression = pointee.a_expr.pointee
      return expression.lexpr == nil && (expression.rexpr?.isConstant ?? false)
    default:
      return false
    }
  }

  /// What a condition of nothing but literals comes to, as far as people write such; nil for all others.
  var truth: Bool? {
    switch kind {
    case PG_QUERY__NODE__NODE_A_CONST:
      let constant = pointee.a_const.pointee
      guard constant.val_case == PG_QUERY__A__CONST__VAL_BOOLVAL else { return nil }
      return constant.boolval.pointee.boolval != 0
    case PG_QUERY__NODE__NODE_NULL_TEST:
      let test = pointee.null_test.pointee
      guard let argument = test.arg, argument.isConstant else { return nil }
      return argument.isNullConstant == (test.nulltesttype == PG_QUERY__NULL_TEST_TYPE__IS_NULL)
    case PG_QUERY__NODE__NODE_BOOL_EXPR:
      let expression = pointee.bool_expr.pointee
      let truths = Array(expression.args, count: expression.n_args).map(\.truth)
      switch expression.boolop {
      case PG_QUERY__BOOL_EXPR_TYPE__NOT_EXPR: return truths[0].map { !$0 }
      case PG_QUERY__BOOL_EXPR_TYPE__OR_EXPR:
        return truths.contains(true) ? true : truths.allSatisfy { $0 == false } ? false : nil
      default: return truths.contains(false) ? false : truths.allSatisfy { $0 == true } ? true : nil
      }
    case PG_QUERY__NODE__NODE_A_EXPR:
      let expression = pointee.a_expr.pointee
      guard let left = expression.lexpr?.integer, let right = expression.rexpr?.integer, expression.n_name == 1,
        let name = expression.name[0], name.kind == PG_QUERY__NODE__NODE_STRING
      else { return nil }
      switch String(tree: name.pointee.string.pointee.sval) {
      case "=": return left == right
      case "<>": return left != right
      default: return nil
      }
    default:
      return nil
    }
  }

  private var integer: Int32? {
    guard kind == PG_QUERY__NODE__NODE_A_CONST else { return nil }
    let constant = pointee.a_const.pointee
    return constant.val_case == PG_QUERY__A__CONST__VAL_IVAL ? constant.ival.pointee.ival : nil
  }

  fileprivate var isNullConstant: Bool {
    switch kind {
    case PG_QUERY__NODE__NODE_A_CONST: pointee.a_const.pointee.isnull != 0
    case PG_QUERY__NODE__NODE_TYPE_CAST: pointee.type_cast.pointee.arg?.isNullConstant ?? false
    default: false
    }
  }
}
