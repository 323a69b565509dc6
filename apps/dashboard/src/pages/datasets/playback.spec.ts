import { describe, expect, it } from 'vitest';
import { Playback } from './playback.js';

const walk = (playback: Playback, steps: number) =>
  Array.from({ length: steps }, () => {
    playback.advance();
    const { row, steps: done } = playback.position.value;
    return [row, done];
  });

describe('A playback', () => {
  it('begins with the whole first row, and goes on with the first step of the next', () => {
    const playback = new Playback(2, 2);
    expect(playback.position.value).toEqual({ row: 0, steps: 2 });
    // prettier-ignore
    expect(walk(playback, 5)).toEqual([[1, 1], [1, 2], [0, 1], [0, 2], [1, 1]]);
  });

  it('goes to no row that there is not', () => {
    const playback = new Playback(3, 4);
    playback.goTo(7);
    expect(playback.position.value.row).toBe(2);
    playback.goTo(-1);
    expect(playback.position.value).toEqual({ row: 0, steps: 4 });
  });

  it('goes on from where it was scrubbed to', () => {
    const playback = new Playback(2, 3);
    playback.scrub(1);
    expect(walk(playback, 2).at(-1)).toEqual([0, 3]);
  });
});
