import type { IncomingMessage } from 'node:http';
import { ModelReference, SessionSettings } from '#contract';
import { decodedPathOf } from '../http/request-path.js';
import { parseRequest } from '../http/schema.pipe.js';
import { POLICIES_PATH } from './policy-description.js';

const PATH = new RegExp(`^/${POLICIES_PATH}/(?<model>[^/]+)(?<vlaEval>/vla-eval)?/?$`);
/** Where clients of vLLM-Omni look, and those that know only a host and a port. */
const ROOT_PATHS = new Set(['/', '/v1/realtime/robot/openpi']);

export interface PolicyAddress {
  readonly model: string;
  readonly protocol: 'openpi' | 'vla-eval';
}

/** Which policy a WebSocket asks for; undefined: none. @param root what clients get that name none */
export function policyAddress(request: IncomingMessage, root: string | undefined): PolicyAddress | undefined {
  const path = decodedPathOf(request);
  if (ROOT_PATHS.has(path)) return root === undefined ? undefined : { model: root, protocol: 'openpi' };
  const { model, vlaEval } = PATH.exec(path)?.groups ?? {};
  if (model === undefined) return undefined;
  return { model: parseRequest(ModelReference, model), protocol: vlaEval === undefined ? 'openpi' : 'vla-eval' };
}

/** The settings in the query of an address. @throws HttpProblem naming the ones that are wrong */
export function querySettings({ url = '' }: IncomingMessage): SessionSettings {
  const query = new URLSearchParams(url.split('?', 2)[1] ?? '');
  const entries = [...query].map(([name, text]) => [
    name,
    /^-?\d{1,16}(\.\d{1,16})?$/.test(text) ? Number(text) : text,
  ]);
  return parseRequest(SessionSettings, Object.fromEntries(entries));
}
