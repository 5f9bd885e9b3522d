/** An answer that waits for a person, and one that must not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChangeRoom } from '../../../portal/change/change-room.ts';
import { personMs } from '../../../portal/home/change-home.ts';
import { json } from '../../../portal/route/answer.ts';
import { route } from '../../../portal/route/route.ts';
import { changeRoutes } from '../../../portal/routes/change-routes.ts';
import { routeEndpoint } from '../../../portal/server/route-endpoint.ts';
import { ServedPortal } from '../rig/served-portal.ts';

const readMs = 200;
/** Of a person, who reads what is asked of them. */
const thinksMs = 4 * readMs;

const thinks = async () => {
  await sleep(thinksMs);
  return json({ signed: true });
};

test('who signs may think for longer than an answer may take else; what waits for nobody is cut', async () => {
  const waits = route({ method: 'POST', path: '/waits', waitsMs: 60_000, handle: thinks });
  const comes = route({ method: 'POST', path: '/comes', handle: thinks });
  await using portal = await ServedPortal.start({ readMs, endpoints: [waits, comes].map(routeEndpoint) });
  const client = portal.logIn('alice');
  const [signed, cut] = await Promise.allSettled([client.post('/waits', {}), client.post('/comes', {})]);
  assert.equal(signed.status === 'fulfilled' ? signed.value.status : signed.reason, 200);
  assert.equal(cut.status, 'rejected');
});

test('the answer to a signature waits for as long as the terminal does', () => {
  const routes = changeRoutes({} as unknown as ChangeRoom);
  const waiting = routes.filter(({ waitsMs }) => waitsMs !== undefined);
  assert.deepEqual(
    waiting.map(({ method, path, waitsMs }) => `${method} ${path} ${waitsMs}`),
    [`POST /changes/{change}/sign ${personMs}`],
  );
});
