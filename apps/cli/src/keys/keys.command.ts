import { type Command, InvalidArgumentError, Option } from 'commander';
import { NewApiKeyRequest, SCOPES, type Scope } from '#contract';
import type { IssuedApiKey } from '#queue';
import { UsageError } from '../cli-error.js';
import { Terminal } from '../terminal.js';
import { withRedisKeys } from './key-redis.js';
import { SecretFile } from './secret-file.js';

interface CreateOptions {
  readonly scopes: Scope[];
  readonly owner?: string;
  readonly expires?: number;
  readonly ifNone?: boolean;
  readonly out?: string;
  readonly json?: boolean;
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** `stride keys`: who may use the service. */
export function addKeysCommand(program: Command): void {
  const keys = program.command('keys').description('make and revoke API keys');
  const scopes = new Option('--scopes <list>', `of ${SCOPES.join(', ')}`).argParser(parseScopes).default(['admin']);
  keys
    .command('create <name>')
    .description('make a key and print it, once')
    .addOption(scopes)
    .option('--owner <name>', 'whose the objects are that it makes; default: its own id')
    .addOption(new Option('--expires <duration>', 'refuse it after so long, such as 90d').argParser(parseDuration))
    .option('--if-none', 'only where there is no key yet')
    .option('--out <file>', 'write it to a new file that only you can read, and do not print it')
    .option('--json', 'print one JSON object per line')
    .action(create);
}

async function create(name: string, options: CreateOptions): Promise<void> {
  const terminal = new Terminal({ json: options.json ?? false });
  const request = parseRequest({
    name,
    scopes: options.scopes,
    owner: options.owner,
    expiresInSeconds: options.expires,
  });
  await withRedisKeys(async (keys) => {
    const onlyFirst = options.ifNone ?? false;
    if (onlyFirst && (await keys.exist())) return terminal.note('there is a key already; none was made');
    // before there is a key that nobody could read
    const file = options.out === undefined ? undefined : new SecretFile(options.out);
    const issued = await keys.create(request, { by: 'redis', onlyFirst });
    if (issued === undefined) {
      file?.discard();
      return terminal.note('there is a key already; none was made');
    }
    file?.write(issued.key);
    show(terminal, issued, options.out);
  });
}

function show(terminal: Terminal, { key, record: { id, owner } }: IssuedApiKey, file: string | undefined): void {
  if (file === undefined) terminal.print(key);
  terminal.emit({ id, owner, ...(file === undefined && { key }) });
  terminal.note(`key ${id} of ${owner} ${file === undefined ? 'is shown this once' : `is in ${file}`}`);
}

function parseRequest(value: unknown): NewApiKeyRequest {
  const parsed = NewApiKeyRequest.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new UsageError(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
}

function parseScopes(text: string): Scope[] {
  return text.split(',').map((word) => {
    const scope = SCOPES.find((known) => known === word.trim());
    if (scope === undefined) throw new InvalidArgumentError(`Expected some of ${SCOPES.join(',')}.`);
    return scope;
  });
}

/** Seconds of `90d`, `24h`, `30m` or `45s`. */
function parseDuration(text: string): number {
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const seconds = Number(count) * (SECONDS[unit] ?? Number.NaN);
  if (!(seconds > 0)) throw new InvalidArgumentError('Expected a duration such as 90d, 24h, 30m or 45s.');
  return seconds;
}
