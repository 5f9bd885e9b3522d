/** `npm run bench -- portal`: what the portal costs over a fleet of ten thousand devices; of its open pages, `portal-live`. Rows by name. */
import { benchOfRows } from './rows.ts';

export const bench = benchOfRows({
  model: async () => (await import('./portal/model.ts')).bench,
  gateway: async () => (await import('./portal/gateway-memory.ts')).bench,
});
