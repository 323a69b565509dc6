/** Every benchmark but the soak, one after the other, so that none disturbs another. Run: npm run bench */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const BENCHMARKS = [
  'macro-step',
  'options',
  'engine',
  'mixed',
  'cancel',
  'http',
  'robots',
  'page',
  'auth',
  'store',
  'workers',
  'train',
  'quality',
  'guidance',
  'rank',
  'chunking',
  'precision',
];

for (const name of BENCHMARKS) {
  console.log(`\n== ${name}`);
  const { status } = spawnSync(process.execPath, [fileURLToPath(new URL(`./${name}.js`, import.meta.url))], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exitCode = 1;
}
