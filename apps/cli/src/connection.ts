import { type Command, InvalidArgumentError, Option } from 'commander';
import { createStrideClient, type StrideClient } from '#client';
import { readInput } from './files/input-file.js';
import { Terminal } from './terminal/terminal.js';

/** What every command that talks to a running service takes. */
export interface ConnectionOptions {
  readonly url: string;
  readonly apiKeyFile?: string;
  readonly json?: boolean;
}

export interface Connection {
  readonly client: StrideClient;
  readonly terminal: Terminal;
}

const DEFAULT_URL = 'http://127.0.0.1:3000';

/**
 * Adds the common options. The API key comes through STRIDE_API_KEY or a file: an option would show up in
 * `ps`.
 */
export function withConnection(command: Command): Command {
  return command
    .addOption(
      new Option('--url <url>', 'address of the service').env('STRIDE_URL').argParser(parseUrl).default(DEFAULT_URL),
    )
    .option('--api-key-file <file>', 'file with the API key; default: STRIDE_API_KEY')
    .option('--json', 'print one JSON object per line');
}

export function connect(options: ConnectionOptions): Connection {
  return {
    client: createStrideClient(options.url, { apiKey: apiKeyOf(options), retryMs: 0 }), // people see why,
    terminal: new Terminal({ json: options.json ?? false }),
  };
}

/** The key that a command sends, if any. @throws UsageError when its file cannot be read */
export function apiKeyOf({ apiKeyFile }: Pick<ConnectionOptions, 'apiKeyFile'>): string | undefined {
  const key = apiKeyFile === undefined ? process.env.STRIDE_API_KEY : readInput(apiKeyFile).toString('utf8').trim();
  return key === '' ? undefined : key;
}

function parseUrl(text: string): string {
  if (/^https?:$/.test(URL.canParse(text) ? new URL(text).protocol : '')) return text;
  throw new InvalidArgumentError(`Expected an address such as ${DEFAULT_URL}.`);
}
