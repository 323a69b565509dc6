import { describe, expect, it } from 'vitest';
import { mergedFamilies } from './merged-families.js';

const exported = (queue: string, waiting: number) =>
  `# HELP jobs How many\n# TYPE jobs gauge\njobs{queue="${queue}", state="waiting"} ${waiting}\njobs{queue="${queue}", state="active"} 0\n`;

describe('Families of several queues', () => {
  it('are one, with one HELP and TYPE line', () => {
    expect(mergedFamilies([exported('sampling', 1), exported('training', 2)])).toBe(
      '# HELP jobs How many\n# TYPE jobs gauge\n' +
        'jobs{queue="sampling", state="waiting"} 1\njobs{queue="sampling", state="active"} 0\n' +
        'jobs{queue="training", state="waiting"} 2\njobs{queue="training", state="active"} 0\n',
    );
  });

  it('have the sum of all shards where their labels are the same', () => {
    const merged = mergedFamilies([exported('sampling', 1), exported('sampling', 41)]);
    expect(merged.match(/state="waiting"\} \d+/g)).toEqual(['state="waiting"} 42']);
  });
});
