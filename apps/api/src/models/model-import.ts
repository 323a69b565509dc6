import { Injectable, Logger } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import {
  CancelledError,
  checkImportedModel,
  type DdimModel,
  type ImportedModelSettings,
  type PrecisionReports,
  type Warning,
} from '#ddim';
import { probeImported, probePrecisions } from '#onnx';
import { ImportConfig, importWarnings, ModelFormat, PolicyInterface, resolveImportConfig } from '#contract';
import { ModelRegistry, type ImportRequest, type ModelVersionRecord } from '#storage';
import { LOCAL_CALLER, type Caller } from '../access/caller.js';
import { declaredSha256 } from '../http/content-digest.js';
import { parseJsonText } from '../http/body/json-text.js';
import { fieldProblem, HttpProblem } from '../http/problem.js';
import { uploadChunks } from '../http/body/request-body.js';
import { parseRequest } from '../http/schema.pipe.js';
import { requireNamesOfActions } from '../policies/action-names.js';
import { StoreRoom } from '../storage/store-room.js';
import { TrialQueue } from './trial-queue.js';

const MIB = 1_024 ** 2;
/** A checkpoint is decoded in this process. */
const MAX_CHECKPOINT_BYTES = 256 * MIB;
/** Protobuf has no larger messages. */
const MAX_ONNX_BYTES = 2 ** 31 - 1;

const Base64Url = z.string().regex(/^[A-Za-z0-9_-]+={0,2}$/, 'expected base64url');

export const ImportQuery = z.strictObject({
  format: ModelFormat.default('safetensors').meta({ description: 'What the body is' }),
  config: Base64Url.optional().meta({
    description: 'With `format=onnx`: what the file does not say, as JSON in base64url; see ImportConfig',
  }),
  policy: Base64Url.optional().meta({
    description: 'What the version takes and gives as a policy, as JSON in base64url; see PolicyInterface',
  }),
});
export type ImportQuery = z.output<typeof ImportQuery>;

/** Whose the import is, its body, and what is asked before it counts. */
interface ImportFrom extends Pick<ImportRequest, 'accept'> {
  readonly caller: Caller;
  readonly request: FastifyRequest;
  readonly signal: AbortSignal;
}

/** Takes in models that were not trained here. */
@Injectable()
export class ModelImport {
  private readonly logger = new Logger(ModelImport.name);
  private readonly trials = new TrialQueue();

  constructor(
    private readonly registry: ModelRegistry,
    private readonly room: StoreRoom,
  ) {}

  /**
   * @param signal the client has gone away: what runs for it ends
   * @throws HttpProblem or InputError naming what is wrong; nothing is stored then
   */
  async run(
    name: string,
    { format, config, ...query }: ImportQuery,
    { caller, request, accept, signal }: ImportFrom,
  ): Promise<ModelVersionRecord> {
    await this.room.require();
    const inTurn = <Result>(trial: () => Promise<Result>) =>
      this.trials.run(caller === LOCAL_CALLER ? (request.ip ?? '') : caller.keyId, trial, signal);
    const policy =
      query.policy === undefined ? undefined : parseRequest(PolicyInterface, readJson('policy', query.policy));
    const sha256 = declaredSha256(request.headers['content-digest']);
    if (format === 'safetensors') {
      if (config !== undefined) throw fieldProblem('config', 'only with format=onnx: a checkpoint holds its own');
      const source = uploadChunks(request.raw, MAX_CHECKPOINT_BYTES);
      return this.registry.importCheckpoint({
        name,
        source,
        maxBytes: MAX_CHECKPOINT_BYTES,
        sha256,
        policy,
        accept,
        measurePrecisions: (model) => {
          requireNamesOfActions(policy, model.config, 'policy.');
          return inTurn(() => this.measurePrecisions(model, signal));
        },
      });
    }
    if (config === undefined) throw fieldProblem('config', 'required with format=onnx');
    const { settings, warnings } = readSettings(config);
    requireNamesOfActions(policy, settings.config, 'policy.');
    return this.registry.importOnnx({
      name,
      settings,
      warnings,
      policy,
      source: uploadChunks(request.raw, MAX_ONNX_BYTES),
      maxBytes: MAX_ONNX_BYTES,
      sha256,
      accept,
      inspectFile: (path) => inTurn(() => probeImported(path, settings, { signal })),
    });
  }

  /** A model that cannot be measured is taken in all the same: it is then offered in float32 alone. */
  private async measurePrecisions(model: DdimModel, signal: AbortSignal): Promise<PrecisionReports | undefined> {
    const reports = await probePrecisions({ model }, { signal });
    if (signal.aborted) throw new CancelledError('cancelled');
    if (!('failure' in reports)) return reports;
    this.logger.warn(`no precision but float32 is offered: ${reports.failure}`);
    return undefined;
  }
}

/**
 * @throws HttpProblem `invalid_json`, `unknown_field`, `validation_failed`; InputError when fields contradict
 * each other
 */
function readSettings(config: string): { settings: ImportedModelSettings; warnings: readonly Warning[] } {
  const given = parseRequest(ImportConfig, readJson('config', config));
  const settings = resolveImportConfig(given);
  checkImportedModel(settings);
  return { settings, warnings: importWarnings(given) };
}

function readJson(parameter: string, text: string): unknown {
  try {
    return parseJsonText(Buffer.from(text, 'base64url'));
  } catch (error) {
    if (!(error instanceof HttpProblem) || error.code !== 'invalid_json') throw error;
    throw fieldProblem(parameter, 'must be JSON in base64url', 'invalid_json');
  }
}
