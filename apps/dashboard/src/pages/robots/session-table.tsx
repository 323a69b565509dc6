import type { Schemas } from '#client';
import { linkTo } from '../../data/route.js';
import { count, inWords, span, type Quantity } from '../../parts/quantity.js';
import { Sparkline } from '../../parts/sparkline.js';
import { Table, type Column } from '../../parts/table.js';
import { Time } from '../../parts/time.js';
import { KEPT, type SessionHistory } from './session-history.js';

type Session = Schemas['PolicySessionInfo'];

interface SessionTableProps {
  readonly sessions: readonly Session[];
  readonly history: SessionHistory;
}

const number = (title: string, metric: string, cell: (session: Session) => string): Column<Session> => ({
  title,
  metric,
  cell,
  isNumber: true,
});

/** One line for each session. */
export function SessionTable({ sessions, history }: SessionTableProps) {
  const columns: readonly Column<Session>[] = [
    { title: 'Session', cell: ({ id, protocol, api }) => <span title={`${protocol}, held by ${api}`}>{id}</span> },
    { title: 'Model', cell: ({ model }) => <a href={modelLink(model)}>{model}</a>, metric: 'model' },
    { title: 'Since', cell: ({ startedAt }) => <Time at={startedAt} />, metric: 'startedAt' },
    {
      title: 'Last minute',
      cell: ({ id }) => <Sparkline values={history.of(id)} capacity={KEPT} />,
      metric: 'plansPerSecond',
    },
    number('Asked', 'observationsPerSecond, over 10 s', (row) => perSecond(row.observationsPerSecond)),
    number('Plans', 'plansPerSecond, over 10 s', (row) => perSecond(row.plansPerSecond)),
    number('p50, p95', 'planSeconds of the last 128 plans', ({ planSeconds }) =>
      both(span(planSeconds?.p50), span(planSeconds?.p95)),
    ),
    number('Delay', 'delayActions, and delaySteps for which the plan was made; actions', delayInWords),
    number('Seam jump', 'seamJump.mean, seamJump.max; in units of the data', ({ seamJump }) =>
      both(count(seamJump?.mean), count(seamJump?.max)),
    ),
    number('Planned', 'planned', ({ planned }) => inWords(count(planned))),
    number('Superseded', 'superseded', ({ superseded }) => inWords(count(superseded))),
    number('Late', 'late: the deadline had passed', ({ late }) => inWords(count(late))),
    number('Dropped', 'refused', ({ refused }) => inWords(count(refused))),
    number('Overruns', 'overruns', ({ overruns }) => inWords(count(overruns))),
  ];
  return (
    <section>
      <h2>Sessions</h2>
      <Table label="Sessions" columns={columns} rows={sessions} keyOf={({ id }) => id} />
      <p class="hint">
        Delay: actions that passed until the newest plan was there, of those for which it was made. Seam jump (mean,
        largest): how far the action where a plan takes over is from what the plan before had there, in units of the
        data.
      </p>
    </section>
  );
}

function both(first: Quantity, second: Quantity): string {
  return `${inWords(first)}, ${inWords(second)}`;
}

function perSecond(rate: number): string {
  return inWords(count(rate, '/s'));
}

function delayInWords({ delayActions, delaySteps }: Session): string {
  if (delaySteps === null) return '–';
  return `${delayActions === null ? '?' : inWords(count(delayActions))} of ${delaySteps}`;
}

function modelLink(model: string): string {
  const [name = '', version = ''] = model.split('@');
  return `${linkTo('models', name)}?version=${version}`;
}
