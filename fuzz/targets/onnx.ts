import { initialParameters, InputError, type MlpDenoiserConfig } from '#ddim';
import { readOnnxFile } from '../../libs/onnx/src/import/onnx-file.js';
import { mlpFile, sineLoop, smallFile } from '../../libs/onnx/testing/imported-files.js';
import { readLeniently } from '../../libs/onnx/testing/lenient-onnx.js';
import { outcomeOf, type FuzzTarget } from '../target.js';

const config: MlpDenoiserConfig = {
  obsSize: 1,
  actionHorizon: 1,
  actionDim: 2,
  hiddenSize: 2,
  numLayers: 1,
  numTrainTimesteps: 2,
  predictionType: 'epsilon',
  preconditioning: 'none',
};

/**
 * What is accepted and encoded anew says the same to a lenient reader of protobuf as the file did, and
 * nothing is lost by a second time.
 */
export const target: FuzzTarget = {
  seeds: [
    mlpFile(config, initialParameters(config, 1)),
    smallFile((graph, x) => graph.op('Relu', [x])),
    smallFile((graph, x) => sineLoop(graph, x, graph.integer(3))),
  ],
  // Tags, the long spelling of one, lengths that could be shorter, and words of the places that matter.
  dictionary: [
    '\x6a',
    '\xea\x80\x80\x80\x10',
    '\x3a',
    '\xba\x80\x80\x80\x10',
    '\x80\x00',
    '\x70\x01',
    'location',
    'com.microsoft',
  ],
  run: (input) =>
    outcomeOf(
      () => {
        const encoded = readOnnxFile(input).encode();
        if (JSON.stringify(readLeniently(encoded)) !== JSON.stringify(readLeniently(input)))
          throw new TypeError('another reader takes it for something else');
        if (Buffer.compare(readOnnxFile(encoded).encode(), encoded) !== 0) throw new TypeError('reads differently');
      },
      (error) => error instanceof InputError,
    ),
};
