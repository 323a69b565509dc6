import type { Schemas } from '#client';

type Session = Schemas['PolicySessionInfo'];

/** Looks that are kept of each session. */
export const KEPT = 60;

/** Plans per second of the sessions that are open, as far as the page has watched them. */
export class SessionHistory {
  private rates = new Map<string, readonly number[]>();

  /** Takes what came now; what is gone is forgotten. */
  add(sessions: readonly Session[]): void {
    this.rates = new Map(sessions.map(({ id, plansPerSecond }) => [id, [...this.of(id), plansPerSecond].slice(-KEPT)]));
  }

  /** Oldest first. */
  of(id: string): readonly number[] {
    return this.rates.get(id) ?? [];
  }
}

/** What all sessions have come to together. */
export function totalsOf(sessions: readonly Session[]) {
  const sum = (field: 'plansPerSecond' | 'planned' | 'superseded' | 'late' | 'refused' | 'overruns') =>
    sessions.reduce((total, session) => total + session[field], 0);
  return {
    plansPerSecond: sum('plansPerSecond'),
    planned: sum('planned'),
    superseded: sum('superseded'),
    late: sum('late'),
    refused: sum('refused'),
    overruns: sum('overruns'),
  };
}
