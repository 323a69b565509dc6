/** Names all that computes with a model's weights. Knows nothing of models. */

import type { BackendInfo } from '../backend/backend.js';
import { cpuClass } from './cpu-class.js';

/** Backend, device and CPU: where one of them differs, the last bits of a result may. */
export function arithmeticOf({ kind, provider, device, version }: BackendInfo): readonly string[] {
  return [kind, provider, device, version, cpuClass()];
}
