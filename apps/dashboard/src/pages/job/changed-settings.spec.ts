import { describe, expect, it } from 'vitest';
import { changesOf } from './changed-settings.js';

function form(fields: Readonly<Record<string, string>>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.set(name, value);
  return data;
}

describe('Other settings', () => {
  it('are what the form says, and what it leaves empty stays as it was', () => {
    expect(changesOf(form({ model: 'robot@4', eta: '0.5', seed: '', numInferenceSteps: '20' }))).toEqual({
      model: 'robot@4',
      eta: 0.5,
      numInferenceSteps: 20,
    });
  });

  it('ask for each step where that is wanted', () => {
    expect(changesOf(form({ preview: 'on' }))).toEqual({ previewEvery: 1 });
    expect(changesOf(form({}))).toEqual({});
  });
});
