/** npm run build:kernels [-- --cuda DIR]: the PTX of all kernels anew, into the folder that is committed. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { KernelPrecision } from '../src/kernels/kernel-interface.js';
import { compileKernels, cudaToolVersion, findCudaTool } from './kernel-compiler.js';

const PRECISIONS: readonly KernelPrecision[] = ['float32', 'bf16'];

const { values } = parseArgs({ options: { cuda: { type: 'string' } } });
const nvcc = findCudaTool('nvcc', values.cuda);
if (nvcc === undefined) {
  process.stderr.write(
    'nvcc is neither on PATH nor in CUDA_HOME. It is in an installed CUDA toolkit, and in the Python package ' +
      'nvidia-cuda-nvcc (with nvidia-cuda-runtime and nvidia-cuda-cccl for its headers); then\n' +
      '  npm run build:kernels -- --cuda DIR     DIR: the folder whose bin/ holds nvcc\n',
  );
  process.exitCode = 1;
} else {
  const folder = join('libs', 'cuda');
  mkdirSync(join(folder, 'ptx'), { recursive: true });
  for (const precision of PRECISIONS) {
    const file = join(folder, 'ptx', `${precision}.ptx`);
    const ptx = await compileKernels(nvcc, join(folder, 'kernels'), precision);
    writeFileSync(file, ptx);
    process.stdout.write(`${file}: ${ptx.length} bytes, nvcc ${cudaToolVersion(nvcc)}\n`);
  }
}
