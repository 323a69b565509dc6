const BLOCKS = Array.from('▁▂▃▄▅▆▇█');

/**
 * Positive numbers as blocks on a logarithmic scale, as losses are plotted. More than `width` of them
 * are averaged with their neighbours.
 * @param values what is not finite or not positive leaves a gap
 */
export function sparkline(values: readonly (number | null)[], width: number): string {
  const levels = condensed(values, width).map((value) => (value !== null && value > 0 ? Math.log(value) : Number.NaN));
  const finite = levels.filter(Number.isFinite);
  const [least, most] = [Math.min(...finite), Math.max(...finite)];
  const range = most - least;
  return levels
    .map((level) => {
      if (!Number.isFinite(level)) return ' ';
      const height = range > 0 ? (level - least) / range : 0.5;
      return BLOCKS[Math.min(Math.floor(height * BLOCKS.length), BLOCKS.length - 1)];
    })
    .join('');
}

/** At most `width` numbers: means of neighbours. */
function condensed(values: readonly (number | null)[], width: number): readonly (number | null)[] {
  if (values.length <= width) return values;
  return Array.from({ length: width }, (_, column) => {
    const start = Math.floor((column * values.length) / width);
    const end = Math.floor(((column + 1) * values.length) / width);
    const known = values.slice(start, end).filter((value) => value !== null);
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
  });
}
