// Puts the key that was just made into a Secret. There is none where the installation had one before.
import { existsSync, readFileSync } from 'node:fs';

const KEY = '/keys/first';
const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

if (existsSync(KEY)) {
  const [key, namespace, token] = [KEY, `${ACCOUNT}/namespace`, `${ACCOUNT}/token`].map((file) =>
    readFileSync(file, 'utf8').trim(),
  );
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'stride-first-key' },
    stringData: { key },
  };
  const response = await fetch(`https://kubernetes.default.svc/api/v1/namespaces/${namespace}/secrets`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(secret),
  });
  if (!response.ok) throw new Error(`the Secret was not made: ${response.status} ${await response.text()}`);
}
