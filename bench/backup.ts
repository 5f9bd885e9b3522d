/** `npm run bench -- backup`: what it costs a device to keep the data of an app. */
import { benchOfRows } from './rows.ts';

export const bench = benchOfRows({
  volume: async () => (await import('./backup/rows.ts')).bench,
});
