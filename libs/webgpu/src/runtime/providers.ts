import { InputError } from '#ddim';

/** Names that BackendOptions.providers may hold. */
export const WEBGPU_PROVIDERS: readonly string[] = ['webgpu'];

/**
 * Whether the only provider is asked for by name: then an adapter that computes on the CPU will do.
 * @throws InputError `unknown_provider`
 */
export function isForced(providers: readonly string[]): boolean {
  for (const name of providers)
    if (!WEBGPU_PROVIDERS.includes(name))
      throw new InputError('unknown_provider', `provider must be ${WEBGPU_PROVIDERS.join(', ')}, got ${name}`);
  return providers.length > 0;
}
