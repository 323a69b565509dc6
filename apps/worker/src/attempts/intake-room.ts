import { PRIORITIES, type Priority } from '#ddim';
import { FLOORS, type RowsByPriority } from '#engine';
import type { Room } from '#queue';

/** For what a worker has room when it holds these rows: each class always has room for its floor. */
export function intakeRoom(held: RowsByPriority, rowsWanted: number): Room {
  const { interactive, normal, bulk } = FLOORS;
  const floors = { interactive: interactive * rowsWanted, normal: normal * rowsWanted, bulk: bulk * rowsWanted };
  return { rowsWanted, held, floors };
}

/**
 * The classes of which a worker takes further jobs, best first: as long as less is here than its engine
 * wants, not counting what would make way. Each also has room for its floor, so that the engine has rows to
 * give it its share with. The script that takes jobs goes by the same.
 */
export function classesWithRoom({ rowsWanted, held, floors }: Room): readonly Priority[] {
  let rows = 0;
  return PRIORITIES.filter((priority) => {
    rows += held[priority];
    return rows < rowsWanted || held[priority] < floors[priority];
  });
}
