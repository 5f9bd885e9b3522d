/** An engine that stands still answers no names: who asks an app behind HAProxy does not notice. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { startOwnEngine } from '../../../lab/machine/engine.ts';
import { freePort } from '../../../lab/machine/free-port.ts';
import { AskedBeside } from '../../../lab/rig/asked-beside.ts';
import { makeProject } from '../../../lab/rig/desired.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';
import { proxiedServices } from '../../../lab/rig/proxied-app.ts';
import { proxiedImages } from '../../../lab/rig/proxied-images.ts';

/** HAProxy takes its servers away after 30 s, unless `hold timeout` says otherwise. */
const silentMs = 45_000;

test('an engine that stands still for 45 s: HAProxy keeps its servers, and every request is answered', async () => {
  const engine = await startOwnEngine();
  try {
    const rig = new DeviceRig(engine.socket, 'towline.invalid');
    const port = await freePort();
    const services = proxiedServices(await proxiedImages(engine.socket), port, '1', 1);
    const { outcome } = await rig.pass([makeProject(rig.project, { services })]);
    assert.equal(outcome.outcome, 'applied', JSON.stringify(outcome));
    const { pid } = engine;
    assert.ok(pid !== undefined);
    const requests = new AskedBeside(port, 50);
    while ((await requests.seen()).last !== '1') await delay(100);
    process.kill(pid, 'SIGSTOP');
    await delay(silentMs);
    process.kill(pid, 'SIGCONT');
    const seen = await requests.stop();
    assert.deepEqual([seen.failed, seen.reasons], [0, []]);
    assert.ok(seen.answered > silentMs / 1000);
    await rig[Symbol.asyncDispose]();
  } finally {
    await engine.stop();
  }
});
