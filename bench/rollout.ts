/** `npm run bench -- rollout`: what a release that walks through a large fleet costs, and looking at it. Rows by name. */
import { benchOfRows } from './rows.ts';

export const bench = benchOfRows({
  desired: async () => (await import('./rollout/desired.ts')).bench,
  gate: async () => (await import('./rollout/gate.ts')).bench,
  'plan-comment': async () => (await import('./rollout/plan-comment.ts')).bench,
  status: async () => (await import('./rollout/status.ts')).bench,
});
