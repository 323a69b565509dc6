import { describe, expect, it } from 'vitest';
import type { ModelVersionRecord } from '#storage';
import { standbyOf } from './standby-models.js';

const record = (name: string, change: object = {}) =>
  ({ name, format: 'safetensors', bytes: 10, ...change }) as ModelVersionRecord;
const namesOf = (records: readonly ModelVersionRecord[], room: number) =>
  standbyOf(records, room).map(({ name }) => name);

describe('standbyOf', () => {
  it('takes the newest that fit into the memory', () => {
    expect(
      namesOf(
        ['a', 'b', 'c'].map((name) => record(name)),
        25,
      ),
    ).toEqual(['a', 'b']);
    expect(namesOf([record('a')], 9)).toEqual([]);
  });

  it('takes eight at most', () => {
    const many = Array.from({ length: 20 }, (_, i) => record(`m${i}`));
    expect(namesOf(many, 1_000)).toHaveLength(8);
  });

  it('leaves out imported graphs, and what hung', () => {
    const hung = { at: 'then', reason: 'it' };
    expect(namesOf([record('a', { format: 'onnx' }), record('b', { hung }), record('c')], 10)).toEqual(['c']);
  });
});
