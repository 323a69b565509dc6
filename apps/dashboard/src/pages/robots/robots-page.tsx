import { useMemo } from 'preact/hooks';
import { found, type Schemas } from '#client';
import { useResource } from '../../data/resource.js';
import { service } from '../../data/service.js';
import { EmptyPage } from '../../parts/empty-page.js';
import { Loaded } from '../../parts/loaded.js';
import { count } from '../../parts/quantity.js';
import { Stat } from '../../parts/stat.js';
import { PolicyTable } from './policy-table.js';
import { SessionHistory, totalsOf } from './session-history.js';
import { SessionTable } from './session-table.js';

const LOOK_MS = 1_000;

/** The robots that are connected, and what their sessions have come to. */
export function RobotsPage() {
  const history = useMemo(() => new SessionHistory(), []);
  const sessions = useResource(
    async (signal) => {
      const list = found(await service.GET('/v1/policy-sessions', { signal }));
      history.add(list.items);
      return list;
    },
    { everyMs: LOOK_MS },
  );
  return (
    <>
      <h1>Robots</h1>
      <Loaded resource={sessions}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyPage
              text="No robot is connected to the policy socket."
              command="node dist/examples/robot-loop/robot-loop.js MODEL OBSERVATION_SIZE"
            />
          ) : (
            <>
              <Totals sessions={items} />
              <SessionTable sessions={items} history={history} />
            </>
          )
        }
      </Loaded>
      <PolicyTable />
    </>
  );
}

function Totals({ sessions }: { readonly sessions: readonly Schemas['PolicySessionInfo'][] }) {
  const totals = totalsOf(sessions);
  return (
    <div class="stats">
      <Stat label="Sessions" quantity={count(sessions.length)} metric="stride_policy_sessions" />
      <Stat label="Plans" quantity={count(totals.plansPerSecond, '/s')} metric="plansPerSecond, over 10 s" />
      <Stat label="Planned" quantity={count(totals.planned)} metric={ends('planned')} />
      <Stat label="Superseded" quantity={count(totals.superseded)} metric={ends('superseded')} />
      <Stat label="Late" quantity={count(totals.late)} metric={ends('late')} />
      <Stat label="Dropped" quantity={count(totals.refused)} metric={ends('refused')} />
      <Stat
        label="Overruns"
        quantity={count(totals.overruns)}
        metric="overruns: plans that took longer than the actions for which they had been made"
      />
    </div>
  );
}

function ends(end: string): string {
  return `stride_policy_observations_total{end="${end}"}, of the sessions that are open`;
}
