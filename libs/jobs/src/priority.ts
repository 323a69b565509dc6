import { PRIORITIES } from '#ddim';
import { z } from 'zod';

export const Priority = z.enum(PRIORITIES);
export type Priority = z.output<typeof Priority>;

/** BullMQ's numbers, lower first; 0 is never used, because it overtakes every prioritised job. */
export const BULL_PRIORITY: Readonly<Record<Priority, number>> = { interactive: 1, normal: 2, bulk: 3 };
