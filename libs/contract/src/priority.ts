import { PRIORITIES } from '#ddim';
import { z } from 'zod';

export const Priority = z.enum(PRIORITIES);
export type Priority = z.output<typeof Priority>;
