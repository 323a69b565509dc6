import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { logIn } from '../data/session.js';
import { ErrorNote } from '../parts/error-note.js';

/** Asks for a key. It goes to the API, and stays nowhere in the page. */
export function LoginPage() {
  const error = useSignal<Error | undefined>(undefined);
  const field = useRef<HTMLInputElement>(null);
  const submit = (event: Event): void => {
    event.preventDefault();
    const key = field.current?.value.trim() ?? '';
    logIn(key).catch((cause: unknown) => {
      error.value = cause instanceof Error ? cause : new Error(String(cause));
    });
  };
  return (
    <form class="login" onSubmit={submit}>
      <h1>Log in</h1>
      {error.value && <ErrorNote error={error.value} />}
      <label for="key">API key</label>
      <input id="key" ref={field} type="password" autocomplete="current-password" placeholder="stride_…" required />
      <button>Log in</button>
      <p class="hint">
        Make a key with <code>stride keys create NAME</code>. What it may do decides what this page shows.
      </p>
    </form>
  );
}
