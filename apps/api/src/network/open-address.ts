import type { IncomingMessage } from 'node:http';
import type { KeyRing } from '../access/key-ring.js';
import type { ApiConfig } from '../api-config.js';
import { cameByManagement } from './management-port.js';

/** The address by which a request came, if requests are answered without a key there. */
export function openAddress(
  { STRIDE_HOST, STRIDE_MANAGEMENT_HOST }: Pick<ApiConfig, 'STRIDE_HOST' | 'STRIDE_MANAGEMENT_HOST'>,
  keys: Pick<KeyRing, 'isOn'>,
): (request: IncomingMessage) => string | undefined {
  return (request) => {
    if (cameByManagement(request)) return STRIDE_MANAGEMENT_HOST;
    return keys.isOn ? undefined : STRIDE_HOST;
  };
}
