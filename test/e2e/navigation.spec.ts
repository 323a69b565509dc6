import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runNavigation } from '../../examples/navigation/navigation.js';
import { redisAvailable } from '../redis.js';
import { TestStride } from '../stride.js';

describe.skipIf(!redisAvailable)('The navigation example', () => {
  let stride: TestStride;
  beforeAll(async () => {
    stride = await TestStride.start();
  });
  afterAll(() => stride.stop());

  it('trains through the queue and drives over the policy socket, where chunking joins even poor plans', async () => {
    const lines: string[] = [];
    const { rows, picture } = await runNavigation(stride.client, {
      demonstrations: 20,
      trainingSteps: 60,
      episodes: 4,
      delays: [2],
      drawnEpisodes: 2,
      robots: 2,
      print: (line) => lines.push(line),
    });
    const jumps = new Map(rows.map(({ method, jumpP99 }) => [method, jumpP99]));
    expect([...jumps.keys()]).toEqual(['nothing', 'warm start', 'first actions fixed', 'real-time chunking']);
    expect(jumps.get('real-time chunking')).toBeLessThan((jumps.get('nothing') ?? 0) / 3);
    expect(lines.join('\n')).toMatch(/2 robots at 20 Hz: \d arrive; observation to plan p50 \d/);
    expect(picture.match(/<polyline/g)).toHaveLength(4 * 2);
  });
});
