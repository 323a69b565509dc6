import { existsSync, readdirSync } from 'node:fs';

/** Where Linux shows devices; `/dev/dxg` is the GPU of a Windows host. */
const DEV = '/dev';

/** Why there is no GPU here of any vendor; undefined where there may be one, as on every other system. */
export function gpuAbsence(dev = DEV): string | undefined {
  if (process.platform !== 'linux' || hasNvidia(dev) || holds(`${dev}/dri`, /^renderD\d+$/)) return undefined;
  return `no GPU: neither ${dev}/dri/renderD*, ${dev}/nvidia* nor ${dev}/dxg exists`;
}

/** Why there is no NVIDIA GPU here that its own driver serves; undefined where there may be one. */
export function nvidiaAbsence(dev = DEV): string | undefined {
  if (process.platform === 'darwin') return 'no NVIDIA GPU: macOS has no driver for one';
  if (process.platform !== 'linux' || hasNvidia(dev)) return undefined;
  return `no NVIDIA GPU: neither ${dev}/nvidia* nor ${dev}/dxg exists`;
}

/** A container may be given any of them, not only the first. */
function hasNvidia(dev: string): boolean {
  return existsSync(`${dev}/dxg`) || holds(dev, /^nvidia\d+$/);
}

function holds(directory: string, name: RegExp): boolean {
  return existsSync(directory) && readdirSync(directory).some((entry) => name.test(entry));
}
