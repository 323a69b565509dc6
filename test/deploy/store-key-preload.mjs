// What a pod has: its files in their places, and the Kubernetes API by its name. The script is as it is.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import tls from 'node:tls';

const { POD_ROOT = '', API_PORT = '' } = process.env;
const inPod = (path) => (/^\/(?:keys|var\/run\/secrets)\//.test(String(path)) ? POD_ROOT + path : path);
for (const name of ['existsSync', 'readFileSync']) {
  const real = fs[name];
  fs[name] = (path, ...rest) => real(inPod(path), ...rest);
}
syncBuiltinESMExports();
const connect = tls.connect;
tls.connect = (options, ...rest) => {
  if (options.host !== 'kubernetes.default.svc' || String(options.port) !== '443') throw new Error('another host');
  return connect({ ...options, host: '127.0.0.1', port: Number(API_PORT) }, ...rest);
};
