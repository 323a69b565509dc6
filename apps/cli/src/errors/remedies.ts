import { explanationOf, type ErrorExplanation } from '#contract';

/** Codes that only programs on this machine meet: no answer of the service has them. */
export const LOCAL_ERRORS = {
  connection_lost: {
    means: 'The connection to the service broke.',
    remedy: 'Run the command again; `stride doctor` examines this machine, /health/ready the service.',
  },
  directory_in_use: {
    means: 'Another `stride up` uses the data directory.',
    remedy: 'Stop it, or give this one another directory: --data-dir DIR.',
  },
  directory_unusable: {
    means: 'The data directory cannot be made, read or written.',
    remedy: 'Choose a directory that you may write: --data-dir DIR.',
  },
  file_unwritable: {
    means: 'A file that the command makes cannot be written.',
    remedy: 'Choose a folder that is there and that you may write to, on a disk with room.',
  },
  invalid_config: {
    means: 'A setting of the environment is wrong or unknown.',
    remedy: 'Correct the variables that the message names: docs/configuration.md explains all of them.',
  },
  no_provider: {
    means: 'Nothing of what STRIDE_PROVIDER names computes on this machine; the message says why, one by one.',
    remedy:
      'Mend what `stride doctor` finds, or unset STRIDE_PROVIDER: a worker then takes whatever works, at last the processor.',
  },
  no_websocket: {
    means: 'This Node has no WebSocket.',
    remedy: 'Use Node 22 or newer for the policy socket.',
  },
  port_in_use: {
    means: 'Another program listens on the port.',
    remedy: 'Choose another port, or let the system do so: --port 0.',
  },
  program_failed: {
    means: 'A program that the system needs ended before it was ready.',
    remedy: 'Read its last lines above, and its log in the data directory; `stride doctor` finds what is missing.',
  },
  redis_missing: {
    means: 'There is no redis-server on this machine.',
    remedy: 'Install it, for example by `apt-get install redis-server`, or name one: --redis URL.',
  },
  redis_unusable: {
    means: 'The Redis that was named cannot be used.',
    remedy: 'Look at the address and at the settings that the message names: `stride doctor` examines them.',
  },
  store_empty: {
    means: 'There is nothing to copy where the first store should be.',
    remedy:
      'Check the first location: it is what STRIDE_ARTIFACTS of the installation says, or `artifacts` in its data directory.',
  },
  unexpected_answer: {
    means: 'Something answered that is not this service, or a proxy between.',
    remedy: 'Check that --url or STRIDE_URL is the address of a Stride API of this release.',
  },
  unfit_store: {
    means: 'The artifact store ignores the conditions of writes, so two workers could take the same version.',
    remedy: 'Use a store that keeps If-None-Match and If-Match: docs/deployment.md names some.',
  },
  unknown_device: {
    means: 'STRIDE_DEVICES names a device that is not there, or more than the backend can use.',
    remedy:
      'Set it to a number, or to parts of the names that the message lists; `stride doctor` shows what works here.',
  },
  unknown_provider: {
    means: 'The backend has no execution provider of this name.',
    remedy: 'Set STRIDE_PROVIDER to one that the message names; `stride doctor` shows which ones work here.',
  },
  unreachable: {
    means: 'Nothing answers at the address of the service.',
    remedy: 'Start it by `stride up`, or name another address: --url URL or STRIDE_URL.',
  },
} as const satisfies Record<string, ErrorExplanation>;

const local: Readonly<Record<string, ErrorExplanation>> = LOCAL_ERRORS;

/** What whoever meets an error does next; undefined for a code of another release. */
export function remedyFor(code: string): string | undefined {
  return (Object.hasOwn(local, code) ? local[code] : explanationOf(code))?.remedy;
}
