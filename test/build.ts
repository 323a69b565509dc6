import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * Engine threads and child processes run the compiled files, and the API serves the built page, so every test
 * run starts from a current build. STRIDE_PREBUILT=1 says that the caller has just built.
 */
export default function build(): void {
  if (process.env.STRIDE_PREBUILT === '1') return;
  const root = fileURLToPath(new URL('..', import.meta.url));
  // With the tests' own NODE_ENV vite builds another page than is served.
  const env = { ...process.env, NODE_ENV: 'production' };
  const run = (...args: string[]) => execFileSync(process.execPath, args, { cwd: root, stdio: 'inherit', env });
  run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json');
  run('node_modules/vite/bin/vite.js', 'build', 'apps/dashboard', '--logLevel', 'warn');
}
