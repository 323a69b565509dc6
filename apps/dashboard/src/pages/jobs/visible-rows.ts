/** Every row of the list is so high, in pixels; the stylesheet says the same. */
export const ROW_HEIGHT = 28;
/** Rows beyond the edges, so that a quick scroll shows no gap. */
const BEYOND = 12;

/** Rows that are drawn, and the room that the others take, in pixels. */
interface VisibleRows {
  readonly first: number;
  readonly end: number;
  readonly before: number;
  readonly after: number;
}

/** What of a long list is drawn. @param top how far it was scrolled, and @param height what is seen of it */
export function visibleRows(numRows: number, top: number, height: number): VisibleRows {
  const first = Math.min(Math.max(Math.floor(top / ROW_HEIGHT) - BEYOND, 0), numRows);
  const end = Math.min(Math.ceil((top + height) / ROW_HEIGHT) + BEYOND, numRows);
  return { first, end, before: first * ROW_HEIGHT, after: (numRows - end) * ROW_HEIGHT };
}
