import { readFields } from '../src/import/protobuf-wire.js';
import { protobufField } from './imported-files.js';

/** A field of a message and what takes its place. */
type Edit = (value: Uint8Array) => readonly Uint8Array[];

/** The message with one field of a number replaced, the first by default. */
export function withField(message: Uint8Array, number: number, edit: Edit, at = 0): Uint8Array<ArrayBuffer> {
  let count = -1;
  const parts = [...readFields(message)].flatMap((field, i, all) => {
    const raw = message.subarray(field.at, all[i + 1]?.at ?? message.length);
    if (field.number === number) count += 1;
    return field.number === number && count === at ? edit(field.value) : [raw];
  });
  return new Uint8Array(Buffer.concat(parts));
}

/** A model with more fields in its graph. */
export function withGraphFields(model: Uint8Array, ...fields: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return withField(model, 7, (graph) => [protobufField(7, [graph, ...fields])]);
}

/** A model of another version of the operators. */
export function withOpset(model: Uint8Array, version: number): Uint8Array<ArrayBuffer> {
  return withField(model, 8, () => [protobufField(8, [protobufField(1, ''), protobufField(2, version)])]);
}

/** A model whose first weight is changed. */
export function withWeight(model: Uint8Array, edit: Edit): Uint8Array<ArrayBuffer> {
  return withField(model, 7, (graph) => [protobufField(7, [withField(graph, 5, edit)])]);
}
