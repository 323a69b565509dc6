import { check, checkPositive, checkWord } from '../checks.js';
import { assertNever } from '../errors.js';
import { PRECONDITIONINGS, PREDICTION_TYPES, type Preconditioning, type PredictionType } from '../vocabulary.js';

/** How F becomes x0. sigmaData, sigmaSkip: standard deviations in normalised action units. */
export interface OutputForm {
  readonly predictionType: PredictionType;
  readonly preconditioning: Preconditioning;
  readonly sigmaData?: number;
  readonly sigmaSkip?: number;
}

/** What the network output F says about one element of a state x at a level. */
export interface OutputReading {
  readonly x0: (x: number, F: number) => number;
  readonly eps: (x: number, F: number) => number;
}

/**
 * @throws InputError `validation_failed` when a skip output misses a standard deviation or predicts anything
 * but x0
 */
export function checkOutputForm(form: OutputForm): void {
  const { predictionType, preconditioning } = form;
  checkWord('predictionType', predictionType, PREDICTION_TYPES);
  checkWord('preconditioning', preconditioning, PRECONDITIONINGS);
  if (preconditioning === 'none') return;
  check(predictionType === 'sample', 'predictionType', predictionType, 'sample when preconditioning is edm');
  checkPositive('sigmaData', form.sigmaData);
  checkPositive('sigmaSkip', form.sigmaSkip);
}

/**
 * What F is: a skip output, or outright what the network predicts. The words of the formulas, so that a new
 * one of either vocabulary does not compile without its own.
 */
export function meaningOfOutput({ preconditioning, predictionType }: OutputForm): PredictionType | 'skip' {
  switch (preconditioning) {
    case 'none':
      return predictionType;
    case 'edm':
      return 'skip';
    default:
      return assertNever(preconditioning);
  }
}

/** x0 and ε from F at level ā = alphaBar in (0, 1), or at an end where the form has a limit. */
export function readOutput(form: OutputForm, alphaBar: number): OutputReading {
  const A = Math.sqrt(alphaBar);
  const B = Math.sqrt(1 - alphaBar);
  const meaning = meaningOfOutput(form);
  switch (meaning) {
    case 'skip': {
      const { a, b, q, g } = skipScalars(form, alphaBar);
      return { x0: (x, F) => a * x + b * F, eps: (x, F) => (B / q) * x - A * g * F };
    }
    case 'epsilon':
      return { x0: (x, F) => (x - B * F) / A, eps: (_, F) => F };
    case 'sample':
      return { x0: (_, F) => F, eps: (x, F) => (x - A * F) / B };
    case 'v_prediction':
      return { x0: (x, F) => A * x - B * F, eps: (x, F) => A * F + B * x };
    default:
      return assertNever(meaning);
  }
}

/**
 * x0 = a x + b F of a skip output: c_skip and c_out of EDM (arXiv:2206.00364, table 1) in variance-preserving
 * form, with a standard deviation sigmaSkip of its own in the skip. q and g are the parts that other formulas
 * share.
 */
export function skipScalars(form: OutputForm, alphaBar: number): { a: number; b: number; q: number; g: number } {
  const variance = (form.sigmaSkip ?? 1) ** 2;
  const q = alphaBar * variance + 1 - alphaBar;
  const g = Math.sqrt((1 - alphaBar) * (form.sigmaData ?? 1) ** 2 + alphaBar * variance ** 2) / q;
  return { a: (variance * Math.sqrt(alphaBar)) / q, b: Math.sqrt(1 - alphaBar) * g, q, g };
}
