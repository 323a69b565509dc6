const LOOPBACK_NAME = /^(?:localhost|(?:[a-z0-9-]+\.)*localhost)$/;

/** True of an address or name that only this machine answers to. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase();
  return /^127(?:\.\d{1,3}){3}$/.test(name) || name === '::1' || LOOPBACK_NAME.test(name);
}
