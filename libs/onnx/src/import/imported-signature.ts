import { outputSize, type DenoiserConfig, InputError } from '#ddim';
import { quoted, type DeclaredValue, type OnnxFile } from './onnx-file.js';

/** How the denoiser of an ONNX file is called. */
export interface ImportedSignature {
  /** Shape of one row of `sample`: [horizon,dim] or [D]. */
  readonly rowShape: readonly number[];
  readonly timestepType: 'int64' | 'int32' | 'float32';
  /** [B], or [B,1]. */
  readonly timestepRank: 1 | 2;
  readonly hasCondition: boolean;
  /** Name of its one output. */
  readonly output: string;
}

const FLOAT = 1;
const TIMESTEP_TYPES: Readonly<Record<number, ImportedSignature['timestepType']>> = {
  1: 'float32',
  6: 'int32',
  7: 'int64',
};
/** Older operator sets differ too much, newer ones are not known yet. */
const OPSETS = { min: 9, max: 24 } as const;

/**
 * Asks whether a file can be a denoiser of these sizes: inputs `sample` [B,horizon,dim] or [B,D], `timestep`
 * [B] or [B,1] and, unless obsSize is 0, `condition` [B,obsSize]; one output of the shape of `sample`;
 * everything within the file and in ONNX's own operators.
 * @throws InputError `onnx_external_data`, `onnx_custom_operator`, `onnx_opset_unsupported`,
 * `onnx_input_mismatch` (names), `onnx_output_mismatch`, `unsupported_dtype` or `shape_mismatch`, naming the
 * input and what was expected
 */
export function checkSignature(file: OnnxFile, config: DenoiserConfig): ImportedSignature {
  checkContents(file);
  const hasCondition = config.obsSize > 0;
  checkInputNames(file.inputs, hasCondition ? ['sample', 'timestep', 'condition'] : ['sample', 'timestep']);
  const [sample, timestep, condition] = ['sample', 'timestep', 'condition'].map((wanted) =>
    file.inputs.find(({ name }) => name === wanted),
  );
  if (!sample || !timestep) throw new TypeError('the names of the inputs were checked');
  const rowShape = checkSample(sample, config);
  const [output, ...others] = file.outputs;
  if (!output || others.length > 0)
    throw new InputError('onnx_output_mismatch', `the ONNX file must have one output, got ${namesOf(file.outputs)}`);
  checkOutput(output, rowShape);
  if (condition && hasCondition) {
    checkFloat(condition);
    checkShape(condition, [config.obsSize]);
  }
  return { rowShape, ...checkTimestep(timestep), hasCondition, output: output.name };
}

function checkContents({ externalTensor, customOperator, opset }: OnnxFile): void {
  if (externalTensor !== undefined)
    throw new InputError(
      'onnx_external_data',
      `the ONNX file must hold all its weights, but tensor ${externalTensor} lies in another file`,
    );
  if (customOperator !== undefined)
    throw new InputError(
      'onnx_custom_operator',
      `the ONNX file must use the operators of ONNX itself, but it has ${customOperator}`,
    );
  if (opset === undefined || opset < OPSETS.min || opset > OPSETS.max)
    throw new InputError(
      'onnx_opset_unsupported',
      `the operator set must be ${OPSETS.min} to ${OPSETS.max}, got ${opset ?? 'none'}`,
    );
}

function checkInputNames(inputs: readonly DeclaredValue[], wanted: readonly string[]): void {
  const names = inputs.map(({ name }) => name);
  if (names.length === wanted.length && wanted.every((name) => names.includes(name))) return;
  throw new InputError(
    'onnx_input_mismatch',
    `the inputs must be ${wanted.join(', ')}, got ${namesOf(inputs)}` +
      (wanted.length === 2 ? '; there is no condition when obsSize is 0' : ''),
  );
}

function checkSample(sample: DeclaredValue, config: DenoiserConfig): readonly number[] {
  checkFloat(sample);
  const { actionHorizon, actionDim } = config;
  const rowShapes = [[actionHorizon, actionDim], [outputSize(config)]];
  const rowShape = rowShapes.find((shape) => fits(sample, shape));
  if (rowShape) return rowShape;
  throw wrongShape(sample, `[B,${actionHorizon},${actionDim}] or [B,${outputSize(config)}]`);
}

function checkTimestep(timestep: DeclaredValue): Pick<ImportedSignature, 'timestepType' | 'timestepRank'> {
  const timestepType = TIMESTEP_TYPES[timestep.elementType];
  if (!timestepType) throw wrongType(timestep, 'int64, int32 or float32');
  if (fits(timestep, [])) return { timestepType, timestepRank: 1 };
  if (fits(timestep, [1])) return { timestepType, timestepRank: 2 };
  throw wrongShape(timestep, '[B] or [B,1]: the rows of a batch stand at different timesteps');
}

/** A dimension that the file leaves open is found when the file runs. */
function checkOutput(output: DeclaredValue, rowShape: readonly number[]): void {
  const expected = `float32 [B,${rowShape.join(',')}], as its sample`;
  if (output.elementType === FLOAT && (output.shape === undefined || fits(output, rowShape))) return;
  const type = output.elementType === FLOAT ? '' : `${typeName(output)} `;
  throw new InputError(
    'onnx_output_mismatch',
    `output ${quoted(output.name)} must be ${expected}, got ${type}${shapeText(output)}`,
    { field: quoted(output.name) },
  );
}

function checkFloat(value: DeclaredValue): void {
  if (value.elementType !== FLOAT) throw wrongType(value, 'float32');
}

function checkShape(value: DeclaredValue, rowShape: readonly number[]): void {
  if (!fits(value, rowShape)) throw wrongShape(value, `[B,${rowShape.join(',')}]`);
}

/** [B, ...rowShape] with B open; dimensions with names fit every size. */
function fits({ shape }: DeclaredValue, rowShape: readonly number[]): boolean {
  if (shape?.length !== rowShape.length + 1 || typeof shape[0] === 'number') return false;
  return rowShape.every((size, i) => typeof shape[i + 1] === 'string' || shape[i + 1] === size);
}

function wrongShape(value: DeclaredValue, expected: string): InputError {
  const isFixed = typeof value.shape?.[0] === 'number';
  const hint = isFixed ? '; the first dimension must have a name, so that batches may have any size' : '';
  return new InputError('shape_mismatch', `${value.name} must be ${expected}, got ${shapeText(value)}${hint}`, {
    field: value.name,
  });
}

function wrongType(value: DeclaredValue, expected: string): InputError {
  return new InputError('unsupported_dtype', `${value.name} must be ${expected}, got ${typeName(value)}`, {
    field: value.name,
  });
}

function shapeText({ shape }: DeclaredValue): string {
  return shape ? `[${shape.map((size) => (size === '' ? '?' : quoted(String(size)))).join(',')}]` : 'no shape';
}

const TYPE_NAMES =
  'no tensor,float32,uint8,int8,uint16,int16,int32,int64,string,bool,float16,float64,uint32,uint64'.split(',');

function typeName({ elementType }: DeclaredValue): string {
  return TYPE_NAMES[elementType] ?? `type ${elementType}`;
}

function namesOf(values: readonly DeclaredValue[]): string {
  return values.length === 0
    ? 'none'
    : values
        .slice(0, 10)
        .map(({ name }) => quoted(name))
        .join(', ');
}
