/** `steady-requests-main.ts PORT PER_SECOND`, forked: asks until its parent goes; tells it what was seen when asked to. */
import { SteadyRequests } from './steady-requests.ts';

const [port, perSecond] = process.argv.slice(2).map(Number);
const requests = new SteadyRequests(port ?? 0, perSecond ?? 1);

process.on('message', async (message: unknown) => {
  if (message === 'stop') await requests.stop();
  process.send?.(requests.seen());
  if (message === 'stop') process.disconnect();
});
process.on('disconnect', () => process.exit());
