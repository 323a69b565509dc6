import { z } from 'zod';
import { overview } from '../../deploy/grafana/overview.js';

const Panels = z.array(
  z.object({ title: z.string().optional(), targets: z.array(z.object({ expr: z.string() })).optional() }),
);

export interface DashboardExpression {
  readonly panel: string;
  readonly expr: string;
}

/** Every expression of the dashboard as Grafana sends it, with its variables filled in. */
export function dashboardExpressions(rateInterval: string): DashboardExpression[] {
  return Panels.parse(overview().panels).flatMap(({ title, targets }) =>
    (targets ?? []).map(({ expr }) => ({
      panel: title ?? '',
      expr: expr.replaceAll('$__rate_interval', rateInterval).replaceAll('$model', '.*'),
    })),
  );
}
