/// One step of a plan, before it is SQL: what it does to one fact. What else it does, because it cannot be done by itself
/// or need not be, are the facts that it carries.
struct Action: Hashable {
  enum Verb: Int {
    /// Takes a name from an object whose rows or values are still wanted.
    case setAside
    case drop
    case alter
    case create
    /// What a new object gets when all around it is there: a partition's place, a sequence's owner.
    case finish
    /// Nothing is done, and no plan has it: from here on, bodies of functions that are run have what they name.
    case milestone
  }

  let verb: Verb
  let id: Fact.ID
}
