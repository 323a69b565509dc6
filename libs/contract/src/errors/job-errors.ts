import type { ErrorExplanation } from './error-explanation.js';

/** Refusals of jobs, of models and of webhooks, and the errors of jobs that have ended. */
export const JOB_ERRORS = {
  model_not_found: {
    status: 404,
    means: 'There is no such model, version or alias that this key may see.',
    remedy: '`stride models list` shows what there is; `stride train` or `stride models import` makes one.',
  },
  checkpoint_mismatch: {
    status: 409,
    means: 'The checkpoint or the stored state belongs to another network, another data set or another run.',
    remedy: 'Start from random weights, or from a version of the same sizes, as `stride models show NAME` lists them.',
  },
  job_cancelled: {
    status: 409,
    means: 'The job was cancelled, so it has no result.',
    remedy: 'Submit it again if the result is wanted.',
  },
  job_failed: {
    status: 409,
    means: 'The job failed, so it has no result; detail has the code of its error.',
    remedy: 'Look that code up; `stride jobs show ID` shows the whole job.',
  },
  job_finished: {
    status: 409,
    means: 'The job has ended already, so it cannot be changed any more.',
    remedy: 'Read what became of it: `stride jobs show ID`.',
  },
  job_not_finished: {
    status: 409,
    means: 'The job is still waiting or running, so it has no result yet.',
    remedy: 'Wait for its end: `stride jobs watch ID`, or the events of the job.',
  },
  model_not_ready: {
    status: 409,
    means: 'The first version of the model is still being trained.',
    remedy: 'Wait for the training that detail names: `stride jobs watch ID`.',
  },
  webhook_secret_exists: {
    status: 409,
    means: 'There is a secret for webhooks already.',
    remedy: 'Rotate it to get another one: `stride webhooks secret --rotate`.',
  },
  webhook_secret_missing: {
    status: 409,
    means: 'Webhooks need a secret that signs them, and there is none yet.',
    remedy: 'Make it once: `stride webhooks secret`.',
  },
  result_expired: {
    status: 410,
    means: 'The result is no longer kept.',
    remedy: 'Submit the job again with the same seed: it gives the same bytes.',
  },
  deadline_exceeded: {
    status: 422,
    means: 'The result could not be had before the deadline, or certainly cannot.',
    remedy: 'Allow more time in deadlineMs, or ask for fewer steps or rows.',
  },
  epsilon_at_zero_snr: {
    status: 422,
    means: 'The noise schedule ends in pure noise, where predicting the noise says nothing.',
    remedy: 'Use predictionType v_prediction or sample, or leave rescaleBetasZeroSnr out.',
  },
  int8_not_measured: {
    status: 422,
    means: 'The error of this version in int8 was not measured, so int8 is not offered.',
    remedy: 'Ask for precision float32, or train or import the version anew.',
  },
  int8_too_inaccurate: {
    status: 422,
    means: 'This version errs too much in int8.',
    remedy: 'Ask for precision float32.',
  },
  int8_unavailable: {
    status: 422,
    means: 'No worker that runs now computes in int8.',
    remedy: 'Ask for precision float32, or start a worker whose backend is ONNX Runtime on a CPU.',
  },
  bf16_not_measured: {
    status: 422,
    means: 'The error of this version in bf16 was not measured, so bf16 is not offered.',
    remedy: 'Ask for precision float32, or train or import the version anew.',
  },
  bf16_too_inaccurate: {
    status: 422,
    means: 'This version errs too much in bf16.',
    remedy: 'Ask for precision float32.',
  },
  bf16_unavailable: {
    status: 422,
    means: 'A worker that might get the job does not compute in bf16.',
    remedy: 'Ask for precision float32, or run only workers whose precisions have bf16: those on CUDA.',
  },
  invalid_webhook_url: {
    status: 422,
    means: 'The address of the webhook is not an https address that may be called.',
    remedy: 'Use an https address with a name, without user, password or fragment.',
  },
  webhook_address_forbidden: {
    status: 422,
    means: 'The address of the webhook is private or reserved.',
    remedy: 'Use a public address, or have the operator allow this one: see docs/webhooks.md.',
  },
  limit_exceeded: {
    status: 422,
    means: 'The request or the file is larger than the service takes.',
    remedy: 'Stay below the limit that detail names: split the job, or use fewer steps or rows.',
  },
  model_hangs: {
    status: 422,
    means: 'The version computed without end before, so it is not run any more.',
    remedy: 'Use another version; docs/deployment.md says how to try this one again.',
  },
  model_not_exportable: {
    status: 422,
    means: 'The sampler of this version cannot be written as one ONNX file.',
    remedy: 'Export a version that was trained here, with options that do not depend on the samples.',
  },
  model_not_guidable: {
    status: 422,
    means: 'Guidance needs a model that was trained with conditionDropout.',
    remedy: 'Leave guidanceScale at 1, or train with conditionDropout above 0.',
  },
  unsupported_option: {
    status: 422,
    means: 'The backend or the training does not have this option.',
    remedy: 'Leave the option out, or use the value that the message names.',
  },
  too_many_deliveries: {
    status: 429,
    means: 'Too many webhooks of this owner wait to be delivered.',
    remedy: 'Mend the receiver, wait as long as Retry-After says, or submit without a webhook.',
  },
  backend_error: {
    means: 'The arithmetic of a worker failed.',
    remedy: 'Submit the job again; if it fails again, the log of the worker says why: see `stride doctor` there.',
  },
  cancelled: {
    means: 'Somebody cancelled the job.',
    remedy: 'Submit it again if it is wanted.',
  },
  invalid_request: {
    means: 'The stored job cannot be read by the worker that took it.',
    remedy: 'Submit it again; run the same release of API and workers.',
  },
  model_load_failed: {
    means: 'A worker could not load the model.',
    remedy: 'Check that the workers run the backend that the model needs: `stride doctor`, and the log of the worker.',
  },
  non_finite_loss: {
    means: 'The loss of the training became infinite or not a number.',
    remedy: 'Lower learningRate, clip gradients with gradClipNorm, or look for extreme values in the dataset.',
  },
  non_finite_result: {
    means: 'A sample holds a number that is not finite.',
    remedy: 'Leave clipSample on, lower guidanceScale, or use a version that was trained longer.',
  },
  out_of_memory: {
    means: 'A worker ran out of memory.',
    remedy: 'Ask for fewer rows at once, a smaller batchSize, or start a worker with more memory.',
  },
  poisonous_job: {
    means: 'Several workers died while they ran this job, so it is not tried again.',
    remedy: 'Read the logs of the workers around those times; try smaller sizes, and report it.',
  },
  superseded: {
    means: 'A newer job with the same supersedeKey took its place.',
    remedy: 'Nothing: read the newer job.',
  },
} as const satisfies Record<string, ErrorExplanation>;
