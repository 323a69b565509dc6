import { type Command, InvalidArgumentError, Option } from 'commander';
import { NewApiKeyRequest, SCOPES, type ApiKeyLimits, type IssuedApiKey, type Scope } from '#contract';
import { DEFAULT_DATA_DIRECTORY, parseInteger } from '../arguments.js';
import { UsageError } from '../errors/cli-error.js';
import { withConnection } from '../connection.js';
import { formatTable } from '../terminal/table.js';
import { Terminal } from '../terminal/terminal.js';
import { atKeyDesk, type KeyDeskOptions } from './key-desk.js';
import { SecretFile } from './secret-file.js';

interface IssueOptions extends KeyDeskOptions {
  readonly out?: string;
}

interface CreateOptions extends IssueOptions {
  readonly scopes: Scope[];
  readonly owner?: string;
  readonly expires?: number;
  readonly ifNone?: boolean;
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };
const OUT = ['--out <file>', 'write the key to a new file that only you can read, and do not print it'] as const;

/** `stride keys`: who may use the service. */
export function addKeysCommand(program: Command): void {
  const keys = program
    .command('keys')
    .description('make, list, limit, rotate and revoke API keys: at the service with an admin key, else in its Redis');
  const scopes = new Option('--scopes <list>', `of ${SCOPES.join(', ')}`).argParser(parseScopes).default(['admin']);
  withDesk(keys.command('create <name>'))
    .description('make a key and print it, once')
    .addOption(scopes)
    .option('--owner <name>', 'whose the objects are that it makes; default: its own id')
    .addOption(new Option('--expires <duration>', 'refuse it after so long, such as 90d').argParser(parseDuration))
    .option('--if-none', 'only where there is no key yet')
    .option(...OUT)
    .action(create);
  withDesk(keys.command('list')).description('all keys, without their secrets').action(list);
  withDesk(keys.command('revoke <id>')).description('refuse a key from now on, for good').action(revoke);
  const overlap = new Option('--overlap <duration>', 'take the old secret for so long, such as 24h');
  withDesk(keys.command('rotate <id>'))
    .description('give a key another secret; its id, owner and limits stay')
    .addOption(overlap.argParser(parseDuration).default(0))
    .option(...OUT)
    .action(rotate);
  addLimits(withDesk(keys.command('limit <id>')))
    .description('set all limits of a key; what is left out is not limited')
    .action(limit);
  withDesk(keys.command('audit')).description('who changed which key how').action(audit);
}

/** What every one of them takes. */
function withDesk(command: Command): Command {
  return withConnection(command).option(
    '--data-dir <dir>',
    'of the stride up whose Redis is meant without REDIS_URL',
    DEFAULT_DATA_DIRECTORY,
  );
}

function addLimits(command: Command): Command {
  const count = parseInteger(1, Number.MAX_SAFE_INTEGER);
  return command
    .option('--requests-per-second <n>', 'requests of any kind', count)
    .option(
      '--row-steps-per-minute <n>',
      'rows x steps of accepted jobs: of sampling, and batch x steps of training',
      count,
    )
    .option('--row-steps-per-day <n>', 'the same in any day', count)
    .option('--bytes <n>', 'stored bytes of its owner', count)
    .option('--jobs-queued <n>', 'jobs that have not ended', count);
}

async function create(name: string, options: CreateOptions): Promise<void> {
  const { scopes, owner, expires: expiresInSeconds, ifNone = false } = options;
  const request = parseRequest({ name, scopes, owner, expiresInSeconds });
  await atKeyDesk(options, async (desk) => {
    const hasOne = ifNone && (await desk.list()).length > 0;
    const isIssued = !hasOne && (await issue(options, () => desk.create(request, ifNone)));
    if (!isIssued) new Terminal({ json: options.json ?? false }).note('there is a key already; none was made');
  });
}

async function rotate(id: string, options: IssueOptions & { readonly overlap: number }): Promise<void> {
  await atKeyDesk(options, (desk) => issue(options, () => desk.rotate(id, options.overlap)));
}

/** Shows a key, or keeps it where nobody else can read it. @returns whether one was made */
async function issue(
  { out, json = false }: IssueOptions,
  make: () => Promise<IssuedApiKey | undefined>,
): Promise<boolean> {
  const terminal = new Terminal({ json });
  // before there is a key that nobody could read
  const file = out === undefined ? undefined : new SecretFile(out);
  let issued: IssuedApiKey | undefined;
  try {
    issued = await make();
  } finally {
    if (issued === undefined) file?.discard();
  }
  if (issued === undefined) return false;
  const { key, ...view } = issued;
  file?.write(key);
  if (out === undefined) terminal.print(key);
  terminal.emit(out === undefined ? issued : view);
  terminal.note(`key ${view.id} of ${view.owner} ${out === undefined ? 'is shown this once' : `is in ${out}`}`);
  return true;
}

async function list(options: KeyDeskOptions): Promise<void> {
  const terminal = new Terminal({ json: options.json ?? false });
  const keys = await atKeyDesk(options, (desk) => desk.list());
  for (const key of keys) terminal.emit(key);
  const rows = keys.map(({ id, name, owner, scopes, expiresAt, revokedAt, lastUsedAt }) => {
    const state = revokedAt === null ? (expiresAt ?? '') : 'revoked';
    return [id, name, owner, scopes.join(','), state, lastUsedAt ?? ''];
  });
  terminal.print(formatTable(['KEY', 'NAME', 'OWNER', 'SCOPES', 'UNTIL', 'LAST USED'], rows));
}

async function revoke(id: string, options: KeyDeskOptions): Promise<void> {
  const terminal = new Terminal({ json: options.json ?? false });
  terminal.emit(await atKeyDesk(options, (desk) => desk.revoke(id)));
  terminal.print(`revoked ${id}`);
}

async function limit(id: string, options: KeyDeskOptions & ApiKeyLimits): Promise<void> {
  const terminal = new Terminal({ json: options.json ?? false });
  const { requestsPerSecond, rowStepsPerMinute, rowStepsPerDay, bytes, jobsQueued } = options;
  const limits = { requestsPerSecond, rowStepsPerMinute, rowStepsPerDay, bytes, jobsQueued };
  const key = await atKeyDesk(options, (desk) => desk.limit(id, limits));
  terminal.emit(key);
  terminal.print(`${id} ${JSON.stringify(key.limits)}`);
}

async function audit(options: KeyDeskOptions): Promise<void> {
  const terminal = new Terminal({ json: options.json ?? false });
  const lines = await atKeyDesk(options, (desk) => desk.audit());
  for (const line of lines) terminal.emit(line);
  terminal.print(
    formatTable(
      ['AT', 'ACTION', 'KEY', 'BY', 'DETAIL'],
      lines.map(({ at, action, key, by, detail }) => [at, action, key, by, detail]),
    ),
  );
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
