/** A moment in the clock of whoever looks, with the exact one on hover. */
export function Time({ at }: { readonly at: string | null | undefined }) {
  if (at === null || at === undefined) return <>–</>;
  const date = new Date(at);
  const isToday = date.toDateString() === new Date().toDateString();
  return (
    <time dateTime={at} title={at}>
      {isToday ? date.toLocaleTimeString() : date.toLocaleString()}
    </time>
  );
}
