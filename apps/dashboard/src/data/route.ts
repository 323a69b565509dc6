import { computed, signal } from '@preact/signals';

/** The part of the address behind `#/`: where in the page somebody is, so that every view has a link. */
interface Route {
  /** Decoded: `['jobs', 'smp_…']` for `#/jobs/smp_…`. */
  readonly segments: readonly string[];
  /** What a view is narrowed to: `?status=failed`. */
  readonly query: URLSearchParams;
}

const hash = signal(location.hash);
addEventListener('hashchange', () => {
  hash.value = location.hash;
});

/** Where somebody is now. */
export const route = computed<Route>(() => {
  const [path = '', query = ''] = hash.value.replace(/^#?\/?/, '').split('?');
  return { segments: path.split('/').filter(Boolean).map(decoded), query: new URLSearchParams(query) };
});

/** The link to a place: `linkTo('jobs', id)`. */
export function linkTo(...segments: readonly string[]): string {
  return `#/${segments.map(encodeURIComponent).join('/')}`;
}

/** Changes what the view is narrowed to, without another entry in the history; '' takes a name out. */
export function narrow(changes: Readonly<Record<string, string>>): void {
  const { segments, query } = route.value;
  const next = new URLSearchParams(query);
  for (const [name, value] of Object.entries(changes)) {
    if (value === '') next.delete(name);
    else next.set(name, value);
  }
  const text = next.toString();
  history.replaceState(null, '', linkTo(...segments) + (text === '' ? '' : `?${text}`));
  hash.value = location.hash;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
