import 'reflect-metadata';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@hey-api/openapi-ts';
import { NestFactory } from '@nestjs/core';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import openapiTS, { astToString } from 'openapi-typescript';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppModule } from '../app.module.js';
import { StrideFastifyAdapter } from '../http/adapter/fastify-adapter.js';
import { createDocument } from './document.js';

const GENERATION_MS = 60_000;
const OPTIONS: ts.CompilerOptions = {
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  types: [],
  lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
};

describe('The OpenAPI document in the hands of tools', () => {
  let directory = '';
  let text = '';
  beforeAll(async () => {
    const app = await NestFactory.create(AppModule, new StrideFastifyAdapter(), { preview: true, logger: false });
    text = JSON.stringify(createDocument(app));
    directory = mkdtempSync(join(tmpdir(), 'stride-openapi-'));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it('breaks none of the recommended rules of Redocly', async () => {
    const config = await createConfig({ extends: ['recommended'] });
    const problems = await lintFromString({ source: text, config });
    expect(problems.map(({ ruleId, message, location }) => [ruleId, message, location[0]?.pointer])).toEqual([]);
  });

  it(
    'becomes a client of @hey-api/openapi-ts that compiles',
    async () => {
      const output = join(directory, 'hey-api');
      await createClient({ input: JSON.parse(text), output, logs: { level: 'silent' } });
      expect(errorsOf(output)).toEqual([]);
    },
    GENERATION_MS,
  );

  it(
    'becomes types of openapi-typescript that compile',
    async () => {
      writeFileSync(join(directory, 'types.ts'), astToString(await openapiTS(text)));
      expect(errorsOf(directory, 'types.ts')).toEqual([]);
    },
    GENERATION_MS,
  );
});

/** What the compiler says of all files of a folder, or of one. */
function errorsOf(folder: string, only?: string): string[] {
  const names = only === undefined ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : [only];
  const files = names.filter((name) => name.endsWith('.ts')).map((name) => join(folder, name));
  expect(files.length).toBeGreaterThan(0);
  const program = ts.createProgram(files, OPTIONS);
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}
