import { ApiKeys } from '#queue';
import { connectOnce, loadConfig, REDIS_VARIABLES, redisAddress } from '#server';
import { DataDirectory } from '#system';
import { CommandError, UsageError } from '../errors/cli-error.js';

const CONNECT_MS = 5_000;

/**
 * Works on the keys where they are kept: whoever can write this Redis owns the installation, and needs no key
 * to make one.
 * @param dataDirectory that of a `stride up`, whose Redis is meant where the environment names none
 * @throws UsageError for a wrong address; CommandError saying why Redis cannot be used
 */
export async function withRedisKeys<Result>(
  dataDirectory: string,
  use: (keys: ApiKeys) => Promise<Result>,
): Promise<Result> {
  const redis = await connectOnce(configuredAddress(dataDirectory), CONNECT_MS).catch((error: unknown) => {
    throw new CommandError(
      `keys are kept in Redis, which cannot be used: ${messageOf(error)}; REDIS_URL or --data-dir says which one`,
      'redis_unusable',
    );
  });
  try {
    return await use(new ApiKeys(redis));
  } finally {
    redis.disconnect();
  }
}

/** Of the variables only these: others are none of this command's business. */
function configuredAddress(dataDirectory: string) {
  const given = Object.fromEntries(REDIS_VARIABLES.map((name) => [name, process.env[name]]));
  const isGiven = Object.values(given).some((value) => value !== undefined);
  const source = isGiven ? given : { REDIS_URL: DataDirectory.redisUrlOf(dataDirectory) };
  try {
    return redisAddress(loadConfig(REDIS_VARIABLES, source));
  } catch (error) {
    throw new UsageError(messageOf(error));
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
