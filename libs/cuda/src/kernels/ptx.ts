/** The kernels' PTX, as it is committed. Knows nothing of what is in it. */

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BackendError } from '#ddim';
import type { KernelPrecision } from './kernel-interface.js';

/** Below the folder of package.json, from the sources and from `dist` alike. */
const FOLDER = join('libs', 'cuda', 'ptx');

/** @throws BackendError when the file is not there */
export function readPtx(precision: KernelPrecision): string {
  const file = join(packageFolder(), FOLDER, `${precision}.ptx`);
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new BackendError(`${file} cannot be read`, { cause });
  }
}

function packageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}
