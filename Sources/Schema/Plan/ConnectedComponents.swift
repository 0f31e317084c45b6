/// What is reached from some nodes, those that lead to each other in one component. Each comes after all that it leads to.
func connectedComponents<Node: Hashable>(from roots: some Sequence<Node>, followers: (Node) -> [Node]) -> [[Node]] {
  var components: [[Node]] = []
  var order: [Node: Int] = [:]
  /// The earliest of those not yet in a component that a node leads to.
  var earliest: [Node: Int] = [:]
  var open: [Node] = []
  for root in roots where order[root] == nil {
    var path: [(node: Node, rest: ArraySlice<Node>)] = []
    func enter(_ node: Node) {
      earliest[node] = order.count
      order[node] = order.count
      open.append(node)
      path.append((node, followers(node)[...]))
    }
    enter(root)
    while let (node, _) = path.last {
      if let next = path[path.count - 1].rest.popFirst() {
        if order[next] == nil {
          enter(next)
        } else if let other = earliest[next] {
          earliest[node] = min(earliest[node]!, other)
        }
        continue
      }
      path.removeLast()
      let first = earliest[node]!
      if let (parent, _) = path.last { earliest[parent] = min(earliest[parent]!, first) }
      guard first == order[node] else { continue }
      let start = open.lastIndex(of: node)!
      for member in open[start...] { earliest[member] = nil }
      components.append(Array(open[start...]))
      open.removeSubrange(start...)
    }
  }
  return components
}
