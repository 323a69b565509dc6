import { z } from 'zod';
import { Scope } from './api-key.js';

/** A login of the dashboard. */
export const LoginRequest = z
  .strictObject({ key: z.string().max(200).describe('An API key') })
  .meta({ id: 'LoginRequest', examples: [{ key: 'stride_1a2b3c4d_…' }] });
export type LoginRequest = z.output<typeof LoginRequest>;

/** Who a browser is to the API. */
export const SessionCaller = z
  .strictObject({
    keyId: z.string().describe('Id of the key; local where there are no keys'),
    owner: z.string().describe('Whose objects it sees'),
    scopes: z.array(Scope).describe('What it may do'),
  })
  .meta({ id: 'SessionCaller' });
export type SessionCaller = z.output<typeof SessionCaller>;
