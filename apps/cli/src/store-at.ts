import { STORE_LOCATIONS, storeLocation, type Store } from '#storage';
import { UsageError } from './errors/cli-error.js';

/**
 * The store at a location, with the settings that the environment has for it. The services' settings take a
 * second to load, so nothing else waits for them.
 * @throws UsageError for what is no store, or wrong settings
 */
export async function storeAt(location: string): Promise<Store> {
  if (storeLocation(location) === undefined) throw new UsageError(`expected ${STORE_LOCATIONS}, got ${location}`);
  const { InvalidConfigError, loadConfig, openConfiguredStore, STORE_VARIABLES } = await import('#server');
  const given = Object.fromEntries(STORE_VARIABLES.map((name) => [name, process.env[name]]));
  try {
    return openConfiguredStore(loadConfig(STORE_VARIABLES, { ...given, STRIDE_ARTIFACTS: location }));
  } catch (error) {
    if (error instanceof InvalidConfigError) throw new UsageError(error.message);
    throw error;
  }
}
