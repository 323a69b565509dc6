/** Names the CPU by what its 8-bit products are computed with. Knows nothing of models. */

import { readFileSync } from 'node:fs';
import { arch, cpus } from 'node:os';

/** Instructions that multiply 8-bit integers, the best first, as Linux names them. */
const INTEGER_INSTRUCTIONS = ['amx_int8', 'avx512_vnni', 'avx_vnni', 'i8mm', 'asimddp'];

/** The CPU's name and its best instructions for 8-bit products, for example `AMD EPYC, avx512_vnni`. */
export function cpuClass(cpuinfo = readCpuinfo()): string {
  const name = cpus()[0]?.model.trim() || arch();
  const flags = new Set(/^(?:flags|Features)\s*:(.*)$/m.exec(cpuinfo)?.[1]?.trim().split(/\s+/));
  const found = INTEGER_INSTRUCTIONS.find((instruction) => flags.has(instruction));
  return found === undefined ? name : `${name}, ${found}`;
}

function readCpuinfo(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return ''; // only Linux has it: the name must do
  }
}
