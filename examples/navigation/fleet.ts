/** Robots that drive at the same time, as a service would have them. */
const ROBOTS = 32;

/** Episodes 0 to count - 1, some at once. */
export async function runFleet<T>(count: number, run: (episode: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const robot = async () => {
    while (next < count) {
      const episode = next++;
      results[episode] = await run(episode);
    }
  };
  await Promise.all(Array.from({ length: Math.min(ROBOTS, count) }, robot));
  return results;
}
