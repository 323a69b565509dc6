import type { Command } from 'commander';
import { found } from '#client';
import { connect, type ConnectionOptions, withConnection } from './connection.js';
import { formatTable } from './table.js';

/** `stride models`: what has been trained. */
export function addModelsCommand(program: Command): void {
  const models = program.command('models').description('list and show models');
  withConnection(models.command('list')).description('all models with their newest version').action(list);
  withConnection(models.command('show <name>')).description('the versions and aliases of one model').action(show);
}

async function list(options: ConnectionOptions): Promise<void> {
  const { client, terminal } = connect(options);
  const { items } = found(await client.GET('/v1/models'));
  for (const model of items) terminal.emit(model);
  const rows = items.map(({ name, latestVersion, versions, aliases }) => {
    const newest = versions.find(({ version }) => version === latestVersion);
    return [
      name,
      `${latestVersion}`,
      `${newest?.parameters ?? ''}`,
      newest?.createdAt ?? '',
      Object.keys(aliases).join(' '),
    ];
  });
  terminal.print(formatTable(['MODEL', 'VERSION', 'PARAMETERS', 'CREATED', 'ALIASES'], rows));
}

async function show(name: string, options: ConnectionOptions): Promise<void> {
  const { client, terminal } = connect(options);
  const model = found(await client.GET('/v1/models/{name}', { params: { path: { name } } }));
  terminal.emit(model);
  terminal.print(JSON.stringify(model, undefined, 2));
}
