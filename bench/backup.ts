/**
 * `npm run bench -- backup`: what it costs a device to keep the data of an app, and to copy it to a store. Rows by name.
 * TOWLINE_BENCH_FILES: of fewer files than 100,000, for a look.
 */
import { benchOfRows } from './rows.ts';

export const bench = benchOfRows({
  volume: async () => (await import('./backup/volume.ts')).bench,
  store: async () => (await import('./backup/store.ts')).bench,
});
