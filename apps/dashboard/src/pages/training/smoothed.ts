/** A running mean in which each value weighs `1 - weight`; what is missing leaves a gap and is passed by. */
export function smoothed(values: readonly (number | null)[], weight: number): readonly (number | null)[] {
  let mean: number | undefined;
  return values.map((value) => {
    if (value === null) return null;
    mean = mean === undefined ? value : weight * mean + (1 - weight) * value;
    return mean;
  });
}

/** Curves over axes of their own as curves over one: all of their places, with null where one has none. */
export function aligned(curves: readonly { readonly x: readonly number[]; readonly y: readonly (number | null)[] }[]): {
  readonly x: readonly number[];
  readonly ys: readonly (readonly (number | null)[])[];
} {
  const x = [...new Set(curves.flatMap((curve) => curve.x))].sort((left, right) => left - right);
  const ys = curves.map((curve) => {
    const at = new Map(curve.x.map((place, i) => [place, curve.y[i] ?? null]));
    return x.map((place) => at.get(place) ?? null);
  });
  return { x, ys };
}
