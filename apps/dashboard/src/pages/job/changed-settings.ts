import type { RepeatableRequest } from '../../data/again.js';

const NUMBERS = ['numInferenceSteps', 'eta', 'guidanceScale', 'seed', 'samplesPerObservation'] as const;

/** What a form asks for in place of what a request says; an empty field changes nothing. */
export function changesOf(form: FormData): Partial<RepeatableRequest> {
  const text = (name: string) => {
    const value = form.get(name);
    return typeof value === 'string' ? value.trim() : '';
  };
  const numbers = NUMBERS.flatMap((name) => (text(name) === '' ? [] : [[name, Number(text(name))] as const]));
  const previews = form.has('preview') ? { previewEvery: 1 } : {};
  const model = text('model') === '' ? {} : { model: text('model') };
  return { ...model, ...Object.fromEntries(numbers), ...previews };
}
