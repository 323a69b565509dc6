/** What a field holds: a scalar of protobuf, or a message by name. */
export type FieldKind = Scalar | MessageName;
export type Scalar = 'int32' | 'int64' | 'float' | 'double' | 'text' | 'bytes';

export interface FieldRule {
  readonly kind: FieldKind;
  readonly isRepeated: boolean;
  /** Encoded again; otherwise it is read for the checks alone, and the runtime never sees it. */
  readonly isWritten: boolean;
}

/** `skipped`: means nothing to a runtime, so that nobody reads it. */
type FieldEntry = FieldRule | 'skipped';

interface MessageRule {
  readonly fields: Readonly<Record<number, FieldEntry>>;
  /** Numbers of fields of which a message has one at most; protobuf's readers would keep the last. */
  readonly oneOf?: readonly number[];
}

const one = (kind: FieldKind): FieldRule => ({ kind, isRepeated: false, isWritten: true });
const many = (kind: FieldKind): FieldRule => ({ kind, isRepeated: true, isWritten: true });
/** Read, and refused or taken as the default that it must be. */
const checked = (kind: FieldKind): FieldRule => ({ kind, isRepeated: true, isWritten: false });
const skipped = 'skipped';

const MESSAGE_NAMES = [
  'ModelProto',
  'OperatorSetIdProto',
  'GraphProto',
  'NodeProto',
  'AttributeProto',
  'TensorProto',
  'SparseTensorProto',
  'ValueInfoProto',
  'TypeProto',
  'TypeProto.Tensor',
  'TypeProto.Element',
  'TypeProto.Map',
  'TensorShapeProto',
  'Dimension',
] as const;
export type MessageName = (typeof MESSAGE_NAMES)[number];

/** Every message and field of onnx.proto (https://github.com/onnx/onnx, IR version 13) by its number. */
export const ONNX_SCHEMA: Readonly<Record<MessageName, MessageRule>> = {
  ModelProto: {
    fields: {
      1: one('int64'), // ir_version
      2: skipped, // producer_name
      3: skipped, // producer_version
      4: skipped, // domain
      5: skipped, // model_version
      6: skipped, // doc_string
      7: one('GraphProto'), // graph
      8: many('OperatorSetIdProto'), // opset_import
      14: skipped, // metadata_props
      20: skipped, // training_info
      25: checked('bytes'), // functions
      26: skipped, // configuration
    },
  },
  OperatorSetIdProto: { fields: { 1: one('text'), 2: one('int64') } }, // domain, version
  GraphProto: {
    fields: {
      1: many('NodeProto'), // node
      2: one('text'), // name
      5: many('TensorProto'), // initializer
      10: skipped, // doc_string
      11: many('ValueInfoProto'), // input
      12: many('ValueInfoProto'), // output
      13: many('ValueInfoProto'), // value_info
      14: skipped, // quantization_annotation
      15: many('SparseTensorProto'), // sparse_initializer
      16: skipped, // metadata_props
    },
  },
  NodeProto: {
    fields: {
      1: many('text'), // input
      2: many('text'), // output
      3: one('text'), // name
      4: one('text'), // op_type
      5: many('AttributeProto'), // attribute
      6: skipped, // doc_string
      7: checked('text'), // domain
      8: checked('text'), // overload
      9: skipped, // metadata_props
      10: skipped, // device_configurations
    },
  },
  AttributeProto: {
    fields: {
      1: one('text'), // name
      2: one('float'), // f
      3: one('int64'), // i
      4: one('bytes'), // s
      5: one('TensorProto'), // t
      6: one('GraphProto'), // g
      7: many('float'), // floats
      8: many('int64'), // ints
      9: many('bytes'), // strings
      10: many('TensorProto'), // tensors
      11: many('GraphProto'), // graphs
      13: skipped, // doc_string
      14: one('TypeProto'), // tp
      15: many('TypeProto'), // type_protos
      20: one('int32'), // type
      21: skipped, // ref_attr_name: within functions alone
      22: one('SparseTensorProto'), // sparse_tensor
      23: many('SparseTensorProto'), // sparse_tensors
    },
  },
  TensorProto: {
    fields: {
      1: many('int64'), // dims
      2: one('int32'), // data_type
      4: many('float'), // float_data
      5: many('int32'), // int32_data
      6: many('bytes'), // string_data
      7: many('int64'), // int64_data
      8: one('text'), // name
      9: one('bytes'), // raw_data
      10: many('double'), // double_data
      11: many('int64'), // uint64_data
      12: skipped, // doc_string
      13: checked('bytes'), // external_data
      14: checked('int32'), // data_location
      16: skipped, // metadata_props
    },
  },
  // values, indices, dims
  SparseTensorProto: { fields: { 1: one('TensorProto'), 2: one('TensorProto'), 3: many('int64') } },
  ValueInfoProto: { fields: { 1: one('text'), 2: one('TypeProto'), 3: skipped, 4: skipped } }, // name, type
  TypeProto: {
    fields: {
      1: one('TypeProto.Tensor'), // tensor_type
      4: one('TypeProto.Element'), // sequence_type
      5: one('TypeProto.Map'), // map_type
      6: skipped, // denotation
      8: one('TypeProto.Tensor'), // sparse_tensor_type
      9: one('TypeProto.Element'), // optional_type
    },
    oneOf: [1, 4, 5, 8, 9],
  },
  'TypeProto.Tensor': { fields: { 1: one('int32'), 2: one('TensorShapeProto') } }, // elem_type, shape
  'TypeProto.Element': { fields: { 1: one('TypeProto') } }, // elem_type
  'TypeProto.Map': { fields: { 1: one('int32'), 2: one('TypeProto') } }, // key_type, value_type
  TensorShapeProto: { fields: { 1: many('Dimension') } }, // dim
  // dim_value, dim_param
  Dimension: { fields: { 1: one('int64'), 2: one('text'), 3: skipped }, oneOf: [1, 2] },
};

const names: ReadonlySet<string> = new Set(MESSAGE_NAMES);

export function isMessage(kind: FieldKind): kind is MessageName {
  return names.has(kind);
}
