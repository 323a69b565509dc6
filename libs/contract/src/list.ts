import { z } from 'zod';

/** More than a person reads, and than an answer should hold. */
export const MAX_ISSUES = 20;

/**
 * `z.array` for what clients send, between `min` and `max` elements. A list of another length fails before
 * its elements are looked at, and one whose elements are wrong stops at the 20th issue: what a wrong list
 * costs must not grow with its length.
 */
export function list<Element extends z.ZodType>(
  element: Element,
  { min = 0, max }: { readonly min?: number; readonly max: number },
): z.ZodArray<Element> {
  const bounded = new BoundedArray({ type: 'array', element, mostElements: max }).max(max) as z.ZodArray<Element>;
  return min === 0 ? bounded : bounded.min(min);
}

interface BoundedArrayDef extends z.core.$ZodArrayDef {
  readonly mostElements: number;
}

const BoundedArray = z.core.$constructor<z.ZodArray, BoundedArrayDef>('BoundedArray', (inst, def) => {
  z.ZodArray.init(inst, def);
  // zod's own parser looks at the length first, and says what is wrong with it.
  const parseWhole = inst._zod.parse.bind(inst._zod);
  inst._zod.parse = (payload, context) => {
    const { value } = payload;
    if (!Array.isArray(value) || value.length > def.mostElements) return parseWhole(payload, context);
    const parsed: unknown[] = [];
    for (let i = 0; i < value.length && payload.issues.length < MAX_ISSUES; i++) {
      const result = def.element._zod.run({ value: value[i], issues: [] }, context);
      if (result instanceof Promise) throw new z.core.$ZodAsyncError();
      if (result.issues.length > 0) payload.issues.push(...z.core.util.prefixIssues(i, result.issues));
      parsed.push(result.value);
    }
    payload.value = parsed;
    return payload;
  };
});
