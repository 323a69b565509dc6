import { z } from 'zod';
import { board } from '../../deploy/grafana/board.js';
import { BOARDS } from '../../deploy/grafana/boards.js';

const Panels = z.array(
  z.object({ title: z.string().optional(), targets: z.array(z.object({ expr: z.string() })).optional() }),
);

export interface DashboardExpression {
  readonly panel: string;
  readonly expr: string;
}

/** Every expression of every board as Grafana sends it, with its variables filled in; each once. */
export function dashboardExpressions(rateInterval: string): DashboardExpression[] {
  const all = BOARDS.flatMap((options) =>
    Panels.parse(board(options).panels).flatMap(({ title = '', targets = [] }) =>
      targets.map(({ expr }) => ({
        panel: `${options.name}, ${title}`,
        expr: expr.replaceAll('$__rate_interval', rateInterval).replaceAll('$model', '.*'),
      })),
    ),
  );
  return [...new Map(all.map((one) => [one.expr, one])).values()];
}
