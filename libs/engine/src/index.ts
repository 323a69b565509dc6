export {
  CALIBRATION_ROWS,
  isImported,
  modelBytes,
  type BackendCapabilities,
  type BackendInfo,
  type BackendModule,
  type BackendOptions,
  type DenoiserBackend,
  type DeviceCounters,
  type ImportedModelSource,
  type LoadedDenoiser,
  type LoadTerms,
  type MacroStep,
  type MlpModelSource,
  type ModelSource,
} from './backend/backend.js';
export { compiledModuleUrl } from './threads/compiled-module.js';
export { CallClock, newClockWords } from './protocol/call-clock.js';
export { Engine } from './engine.js';
export { PassingMap } from './memory/passing-map.js';
export type { VerdictStore } from './models/verdict-memory.js';
export type { Work } from './scheduling/assignment.js';
export type { Forecast } from './requests/deadline.js';
export { FLOORS } from './scheduling/lane-queue.js';
export { measurePrecisions } from './models/precision-measurement.js';
export type { DeviceReading } from './report/device-reading.js';
export { observeTogether } from './report/observer.js';
export type { EngineObserver, MacroStepFacts, ModelFacts, RequestFacts, RowsByPriority } from './report/observer.js';
export type { Asker, Policy, PolicyContext, PolicyFactory } from './scheduling/policy.js';
export { requestBytes } from './requests/request-bytes.js';
export { HandedOverError } from './requests/handed-over-error.js';
export type { EnginePreview, EngineRequest, EngineResult, Interruption, SharedMacroStep } from './requests/request.js';
export type { RowProgress } from './requests/row-progress.js';
export { RequestState } from './requests/request-state.js';
export { Row } from './requests/row.js';
export type { EngineStats, EngineStatus, ModelStats } from './report/stats.js';
export { CallTimer } from './backend/call-timer.js';
export { timedCalls } from './backend/timed-calls.js';
export { asError, asFailure, type Failure } from './protocol/failure.js';
export { threadCpuMs } from './protocol/thread-cpu.js';
export { assembleMacroStep, selfTestRows } from './self-test/self-test-rows.js';
export { isBatchInvariant, runSelfTest } from './self-test/self-test.js';
export { CallWatch, describeOverdue } from './threads/call-watch.js';
export { usableCores } from './threads/usable-cores.js';
