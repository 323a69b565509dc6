import { PRIORITIES } from '#ddim';
import { z } from 'zod';

export const WirePriority = z.enum(PRIORITIES);
export type WirePriority = z.output<typeof WirePriority>;
