import { useRef } from 'preact/hooks';
import { useAction } from '../data/action.js';
import { logIn } from '../data/session.js';
import { ErrorNote } from '../parts/error-note.js';

/** Asks for a key. It goes to the API, and stays nowhere in the page. */
export function LoginPage() {
  const entering = useAction(logIn);
  const field = useRef<HTMLInputElement>(null);
  const submit = (event: Event): void => {
    event.preventDefault();
    entering.run(field.current?.value.trim() ?? '');
  };
  return (
    <form class="login" onSubmit={submit}>
      <h1>Log in</h1>
      <ErrorNote error={entering.error.value} />
      <label for="key">API key</label>
      <input id="key" ref={field} type="password" autocomplete="current-password" placeholder="stride_…" required />
      <button>Log in</button>
      <p class="hint">
        Make a key with <code>stride keys create NAME</code>. What it may do decides what this page shows.
      </p>
    </form>
  );
}
