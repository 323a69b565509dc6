import type { Scope } from '#contract';
import { linkTo } from '../data/route.js';
import { loggedIn, logOut, may } from '../data/session.js';
import { PAGES } from './pages.js';

/** What the API serves beside this page; the addresses are relative, for a proxy's path. */
const LINKS = [
  ['docs', 'API'],
  ['openapi.json', 'OpenAPI'],
  ['queues', 'Queues', 'admin'],
  ['metrics', 'Metrics', 'admin'],
  ['health/ready', 'Health'],
] as const satisfies readonly (readonly [path: string, text: string, scope?: Scope])[];

/** Where one can go. */
export function Navigation({ current }: { readonly current: string }) {
  return (
    <header>
      <a class="skip" href="#page" onClick={focusPage}>
        Skip to the page
      </a>
      <nav aria-label="Pages">
        <a class="name" href={linkTo()}>
          Stride
        </a>
        {PAGES.map(({ name, title }) => (
          <a
            key={name}
            href={linkTo(...(name === '' ? [] : [name]))}
            aria-current={title === current ? 'page' : undefined}
          >
            {title}
          </a>
        ))}
      </nav>
      <nav aria-label="Service" class="service">
        {LINKS.filter(([, , scope]) => scope === undefined || may(scope)).map(([path, text]) => (
          <a key={path} href={path}>
            {text}
          </a>
        ))}
      </nav>
      {loggedIn.value && <Account owner={loggedIn.value.owner} keyId={loggedIn.value.keyId} />}
    </header>
  );
}

/** Whose key is used, and how to leave. */
function Account({ owner, keyId }: { readonly owner: string; readonly keyId: string }) {
  return (
    <span class="account" title={`key ${keyId}`}>
      {owner} <button onClick={leave}>Log out</button>
    </span>
  );
}

function leave(): void {
  logOut().catch(reportError);
}

/** The address stays: its hash says which page is shown. */
function focusPage(event: Event): void {
  event.preventDefault();
  const page = document.querySelector<HTMLElement>('#page');
  page?.setAttribute('tabindex', '-1');
  page?.focus();
}
