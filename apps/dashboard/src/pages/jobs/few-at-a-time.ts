/** Enough to keep an API busy, and few enough to stop soon. */
export const AT_ONCE = 8;

/**
 * Begins none once it is stopped or one has failed, and ends when those that were begun have.
 * @throws what the first of them threw
 */
export async function fewAtATime<Item>(
  items: readonly Item[],
  stopped: AbortSignal,
  act: (item: Item) => Promise<void>,
): Promise<void> {
  const waiting = items.values();
  let hasFailed = false;
  const lane = async () => {
    try {
      for (const item of waiting) {
        if (stopped.aborted || hasFailed) return;
        await act(item);
      }
    } catch (error) {
      hasFailed = true;
      throw error;
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: AT_ONCE }, lane));
  const failure = ends.find((end) => end.status === 'rejected');
  if (failure) throw failure.reason;
}
