/** A Set for what comes and goes. Knows nothing of what that is. */

/** So many members more than are there lie in the same Set. */
const SAME_SET = 64;

/**
 * A Set whose members stay for a moment. Each table that a Set outgrows holds on to the next one: with one of
 * them among V8's old objects, all members that there have ever been would outlive the nursery. So it begins
 * anew now and then.
 */
export class PassingSet<Member> implements Iterable<Member> {
  private members = new Set<Member>();
  private numAdded = 0;

  get size(): number {
    return this.members.size;
  }

  add(member: Member): void {
    if (++this.numAdded > this.members.size + SAME_SET) {
      this.members = new Set(this.members);
      this.numAdded = 0;
    }
    this.members.add(member);
  }

  /** Whether it was a member. */
  delete(member: Member): boolean {
    return this.members.delete(member);
  }

  /** In the order in which they came. */
  [Symbol.iterator](): Iterator<Member> {
    return this.members.values();
  }
}
