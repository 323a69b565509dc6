import { computed, signal } from '@preact/signals';
import { found } from '#client';
import type { Scope, SessionCaller } from '#contract';
import { service } from './service.js';

const UNAUTHORIZED = 401;
/** Who everybody is where there are no keys. */
const LOCAL = 'local';

const caller = signal<SessionCaller | undefined>(undefined);

/** Whether the API asks for a key that it has not got. */
export const needsLogin = signal(false);

/** Whose key this browser has logged in with; undefined without one. */
export const loggedIn = computed(() => (caller.value?.keyId === LOCAL ? undefined : caller.value));

service.use({
  onResponse({ response }) {
    if (response.status === UNAUTHORIZED) needsLogin.value = true;
  },
});

/** Whether to show what needs this scope. What nobody has asked yet is shown: the API refuses by itself. */
export function may(scope: Scope): boolean {
  const scopes = caller.value?.scopes;
  return scopes === undefined || scopes.includes(scope) || scopes.includes('admin');
}

/** Finds out who this browser is to the API. */
export async function recognise(): Promise<void> {
  const { data } = await service.GET('/v1/session');
  caller.value = data;
}

/** Exchanges a key for a session. @throws StrideError when the key is refused */
export async function logIn(key: string): Promise<void> {
  caller.value = found(await service.POST('/v1/session', { body: { key } }));
  needsLogin.value = false;
}

/** Ends the session, also for whoever has a copy of it. */
export async function logOut(): Promise<void> {
  await service.DELETE('/v1/session');
  caller.value = undefined;
  needsLogin.value = true;
}
