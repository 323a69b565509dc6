import { z } from 'zod';
import type { Page } from '../store.js';

export const Removed = z.object({ removed: z.boolean() });

/** A page of a list. */
export function pageOf<Item>(item: z.ZodType<Item>): z.ZodType<Page<Item>> {
  return z
    .object({ items: z.array(item), next: z.string().optional() })
    .transform(({ items, next }) => (next === undefined ? { items } : { items, next }));
}
