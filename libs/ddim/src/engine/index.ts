export type {
  BackendCapabilities,
  BackendInfo,
  BackendModule,
  BackendOptions,
  DenoiserBackend,
  ImportedModelSource,
  LoadedDenoiser,
  MacroStep,
  MlpModelSource,
  ModelSource,
} from './backend.js';
export { compiledModuleUrl } from './compiled-module.js';
export { CallClock, newClockWords } from './call-clock.js';
export { Engine } from './engine.js';
export type { EngineLoss } from './engine-loss.js';
export type { VerdictStore } from './verdict-memory.js';
export type { EngineLimits, EngineOptions } from './engine-options.js';
export type { Assignment, Work } from './assignment.js';
export type { StepCost } from './cost-model.js';
export type { Forecast } from './deadline.js';
export { FLOORS } from './lane-queue.js';
export { measureInt8, type Int8Measurement } from './int8-measurement.js';
export type {
  EngineObserver,
  FinishReason,
  MacroStepFacts,
  ModelFacts,
  RequestFacts,
  RowsByPriority,
  ThreadFacts,
} from './observer.js';
export type { Asker, Policy, PolicyContext, PolicyFactory } from './policy.js';
export { requestBytes, type RequestSizes } from './request-bytes.js';
export type { EnginePreview, EngineProgress, EngineRequest, EngineResult } from './request.js';
export type { RequestState } from './request-state.js';
export type { Row } from './row.js';
export type { EngineStats, EngineStatus, ModelStats, ThreadStats, ThreadStatus } from './stats.js';
