import { unpackTensor } from '#client';
import type { RepeatableRequest } from '../../data/again.js';
import { isRecord } from '../../data/parsed.js';

/** Tensors of up to so many numbers are written out. */
const MOST_WRITTEN_OUT = 256;

export const LANGUAGES = ['curl', 'TypeScript', 'Python'] as const;
export type Language = (typeof LANGUAGES)[number];

/** A request as somebody would write it in a language. @param serviceUrl ends with a slash */
export function requestText(language: Language, request: RepeatableRequest, serviceUrl: string): string {
  const body = readable(request);
  const url = serviceUrl.replace(/\/$/, '');
  switch (language) {
    case 'curl': {
      const json = JSON.stringify(body, undefined, 2).replaceAll("'", String.raw`'\''`);
      return `curl ${url}/v1/sampling-jobs -H 'Content-Type: application/json' -H 'Prefer: wait=60' -d '${json}'`;
    }
    case 'TypeScript':
      return [
        "import { createStrideClient } from '@stride/client';",
        '',
        `const stride = createStrideClient('${url}');`,
        `const { actions, shape } = await stride.sample(${JSON.stringify(body, undefined, 2)});`,
      ].join('\n');
    case 'Python':
      return [
        'from stride_client import Stride',
        '',
        `stride = Stride("${url}")`,
        `actions = stride.sample(${pythonText(body)})`,
      ].join('\n');
    default:
      return language satisfies never;
  }
}

/** With small tensors as nested arrays of the shortest numbers that are the same float32. */
export function readable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(readable);
  if (!isRecord(value)) return value;
  if (value.dtype === 'float32' && Array.isArray(value.shape)) {
    const shape = value.shape.map(Number);
    const count = shape.reduce((product, size) => product * size, 1);
    return count <= MOST_WRITTEN_OUT ? nested(Array.from(unpackTensor(value.data), shortest), shape) : value;
  }
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, readable(member)]));
}

function nested(values: readonly number[], [length = 0, ...inner]: readonly number[]): unknown[] {
  if (inner.length === 0) return [...values];
  const stride = values.length / Math.max(length, 1);
  return Array.from({ length }, (_, i) => nested(values.slice(i * stride, (i + 1) * stride), inner));
}

function shortest(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}

/** JSON in the words of Python. */
export function pythonText(value: unknown, indent = ''): string {
  const inner = `${indent}    `;
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) return `[${value.map((item) => pythonText(item, inner)).join(', ')}]`;
  if (!isRecord(value)) return JSON.stringify(value);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  if (members.length === 0) return '{}';
  const lines = members.map(([name, member]) => `${inner}${JSON.stringify(name)}: ${pythonText(member, inner)},\n`);
  return `{\n${lines.join('')}${indent}}`;
}
