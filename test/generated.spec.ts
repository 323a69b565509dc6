import { describe, expect, it } from 'vitest';
import { overview } from '../deploy/grafana/overview.js';

/** `npm run generate` writes these files; here they are compared with what their sources say now. */
describe('Generated files', () => {
  it('deploy/grafana/dashboards/overview.json is what overview.ts builds', async () => {
    const json = `${JSON.stringify(overview(), undefined, 2)}\n`;
    await expect(json).toMatchFileSnapshot('../deploy/grafana/dashboards/overview.json');
  });
});
