import { FLOORS, type RowsByPriority } from '#engine';
import { PRIORITIES, type Priority } from '#ddim';

/**
 * The classes of which a worker takes further jobs, best first: as long as less is here than its engine
 * wants, not counting what would make way. Each also has room for its floor, so that the engine has rows to
 * give it its share with.
 */
export function classesWithRoom(held: RowsByPriority, rowsWanted: number): readonly Priority[] {
  let rows = 0;
  return PRIORITIES.filter((priority) => {
    rows += held[priority];
    return rows < rowsWanted || held[priority] < FLOORS[priority] * rowsWanted;
  });
}
