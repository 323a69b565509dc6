import { describe, expect, it } from 'vitest';
import { classesWithRoom, intakeRoom } from './intake-room.js';

const held = (rows: { interactive?: number; normal?: number; bulk?: number }) => ({
  interactive: 0,
  normal: 0,
  bulk: 0,
  ...rows,
});

describe('A worker has room', () => {
  it.each([
    { case: 'for every class while it holds less than its engine wants', rows: { bulk: 63 }, room: 'all' },
    {
      case: 'for better classes, however much of a worse one it holds',
      rows: { bulk: 4096 },
      room: ['interactive', 'normal'],
    },
    {
      case: 'for the floor of a worse class, however much of a better one it holds',
      rows: { interactive: 4096 },
      room: ['normal', 'bulk'],
    },
    { case: 'for no more than the floors of worse classes', rows: { interactive: 64, normal: 8, bulk: 4 }, room: [] },
    { case: 'for what would not make way for what it holds', rows: { normal: 64 }, room: ['interactive', 'bulk'] },
  ])('$case', ({ rows, room }) => {
    expect(classesWithRoom(intakeRoom(held(rows), 64))).toEqual(
      room === 'all' ? ['interactive', 'normal', 'bulk'] : room,
    );
  });

  it('for nothing while its engine wants nothing', () => {
    expect(classesWithRoom(intakeRoom(held({}), 0))).toEqual([]);
  });
});
