import protobuf from 'protobufjs/light.js';
import { isMessage, ONNX_SCHEMA, type FieldKind, type FieldRule } from '../src/import/onnx-schema.js';

const SCALAR_TYPES = {
  int32: 'int32',
  int64: 'int64',
  float: 'float',
  double: 'double',
  text: 'string',
  bytes: 'bytes',
};

/** The same messages for a reader that is not ours: like the runtime's it takes whatever it can. */
const root = protobuf.Root.fromJSON({
  nested: Object.fromEntries(
    Object.entries(ONNX_SCHEMA).map(([name, { fields }]) => [
      typeName(name),
      {
        fields: Object.fromEntries(
          Object.entries(fields)
            .filter((entry): entry is [string, FieldRule] => entry[1] !== 'skipped' && entry[1].isWritten)
            .map(([id, { kind, isRepeated }]) => [
              `f${id}`,
              { id: Number(id), type: typeOf(kind), ...(isRepeated ? { rule: 'repeated' } : {}) },
            ]),
        ),
      },
    ]),
  ),
});
const modelType = root.lookupType('ModelProto');

/** What a lenient reader takes from a model, of the fields that we write; bytes and big integers as text. */
export function readLeniently(bytes: Uint8Array): unknown {
  return modelType.toObject(modelType.decode(bytes), { longs: String, bytes: String });
}

function typeOf(kind: FieldKind): string {
  return isMessage(kind) ? typeName(kind) : SCALAR_TYPES[kind];
}

function typeName(name: string): string {
  return name.replace('.', '');
}
