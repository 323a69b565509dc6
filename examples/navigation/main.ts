/**
 * A point robot that is controlled over the policy socket: trains its policy, drives 200 episodes with each
 * way of joining two plans, draws paths. On a system of its own, or on one that runs already.
 * Run: npm run example:navigation [-- http://127.0.0.1:3000]
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createStrideClient } from '#client';
import { StrideSystem } from '#system';
import { projectRoot } from '../pendigits/project-root.js';
import { runNavigation } from './navigation.js';

const OPTIONS = {
  demonstrations: 1_500,
  trainingSteps: 6_000,
  episodes: 200,
  delays: [0, 1, 2, 3, 4],
  drawnEpisodes: 24,
  robots: 32,
  print: (line: string) => console.log(line),
};
const PICTURE = join('docs', 'images', 'navigation.svg');

const [apiUrl] = process.argv.slice(2);
if (apiUrl === undefined) await onOwnSystem(run);
else await run(apiUrl);

async function run(url: string): Promise<void> {
  const { picture } = await runNavigation(createStrideClient(url, { apiKey: process.env.STRIDE_API_KEY }), OPTIONS);
  writeFileSync(join(projectRoot, PICTURE), picture);
  console.log(`\n${PICTURE}`);
}

async function onOwnSystem(use: (url: string) => Promise<void>): Promise<void> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'stride-navigation-'));
  const onNotice = (part: string, message: string) => console.log(`${part}: ${message}`);
  try {
    const system = await StrideSystem.start({ port: 0, numWorkers: 1, dataDirectory, redisUrl: undefined, onNotice });
    try {
      await use(system.apiUrl);
    } finally {
      await system.stop();
    }
  } finally {
    rmSync(dataDirectory, { recursive: true, force: true });
  }
}
