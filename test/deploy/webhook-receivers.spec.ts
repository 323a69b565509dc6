import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import ts from 'typescript';
import { afterAll, describe, expect, it } from 'vitest';
import { eventLine, root, TestProcess } from '../processes.js';

const page = readFileSync(join(root, 'docs/webhooks.md'), 'utf8');
const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const body = JSON.stringify({ type: 'job.succeeded', data: { id: 'smp_1' } });
const hasPython = spawnSync('python3', ['-c', 'import flask, standardwebhooks']).status === 0;

if (!hasPython)
  process.stderr.write('The receiver in Python is not tried: pip install standardwebhooks flask is not done here\n');

/** The only code of the page in a language that makes a receiver. */
function exampleIn(language: string): string {
  const blocks = [...page.matchAll(/^```(?<language>\w+)\n(?<code>.*?)^```$/gms)].map(({ groups }) => groups);
  const [example, ...others] = blocks.filter((block) => block?.['language'] === language);
  expect(others).toEqual([]);
  return example?.['code'] ?? '';
}

describe('The receiver in docs/webhooks.md, as it stands there,', () => {
  const directory = mkdtempSync(join(tmpdir(), 'stride-example-'));
  const env = { STRIDE_WEBHOOK_SECRET: SECRET };
  symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'));
  afterAll(() => rmSync(directory, { recursive: true }));

  const headersOf = (secret: string, at: Date): Record<string, string> => ({
    'content-type': 'application/json',
    'webhook-id': 'whk_smp_1',
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': new Webhook(secret).sign('whk_smp_1', at, body),
  });
  /** Statuses for a message of ours, a stranger's, an old one, and one that was changed on its way. */
  const answersOf = async (url: string): Promise<number[]> => {
    const stranger = `whsec_${Buffer.alloc(32, 8).toString('base64')}`;
    const now = new Date();
    const messages = [
      { headers: headersOf(SECRET, now), body },
      { headers: headersOf(stranger, now), body },
      { headers: headersOf(SECRET, new Date(now.getTime() - 3_600_000)), body },
      { headers: headersOf(SECRET, now), body: body.replace('smp_1', 'smp_2') },
    ];
    return Promise.all(messages.map(async (message) => (await fetch(url, { method: 'POST', ...message })).status));
  };

  it('in TypeScript takes what we have signed, and nothing else', async () => {
    const { outputText } = ts.transpileModule(exampleIn('ts'), {
      compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
    });
    writeFileSync(join(directory, 'receiver.mjs'), outputText);
    const preload = join(root, 'test/deploy/listen-preload.mjs');
    const args = ['--import', preload, join(directory, 'receiver.mjs')];
    const receiver = new TestProcess({ name: 'receiver', command: process.execPath, args, env });
    const { port } = await receiver.untilLine((line) => eventLine(line, 'ready'));
    expect(await answersOf(`http://127.0.0.1:${String(port)}/`)).toEqual([204, 401, 401, 401]);
    await receiver.untilLine((line) => (line.includes('job.succeeded') ? true : undefined));
    await receiver.kill();
  });

  it.skipIf(!hasPython)('in Python takes what we have signed, and nothing else', async () => {
    writeFileSync(join(directory, 'receiver.py'), exampleIn('python'));
    const args = ['-m', 'flask', '--app', join(directory, 'receiver.py'), 'run', '--port', '0'];
    const receiver = new TestProcess({ name: 'receiver', command: 'python3', args, env });
    const url = await receiver.untilLine((line) => /Running on (http:\S+)/.exec(line)?.[1]);
    expect(await answersOf(`${url}/stride`)).toEqual([204, 401, 401, 401]);
    await receiver.kill();
  });
});
