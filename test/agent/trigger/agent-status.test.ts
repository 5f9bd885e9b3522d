import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { ProjectStore } from '../../../agent/projects/project-store.ts';
import { controlWatcher } from '../../../agent/trigger/watchers.ts';
import { eventually } from '../../../lab/rig/eventually.ts';
import type { StatusFile } from '../../../schemas/types.generated.ts';
import { temporaryFolder, towline } from '../../cli/towline.ts';

const status: StatusFile = {
  ...{ apiVersion: 'towline/v1', fleet: 'acme', device: 'pump-1', time: '2026-07-01T08:15:00Z' },
  ...{ agent: { version: '0.1.0' }, trusted: { commit: 'c'.repeat(40) }, outcome: 'failed' },
  stopped: { code: 'TRUST_UNSIGNED', message: 'no signature \u001b[2J' },
  conditions: [
    { type: 'EngineAnswers', status: false, reason: 'silent', message: 'the engine says nothing' },
    { type: 'TunnelOpen', status: false, reason: 'closed', message: 'closed' },
  ],
  // Longer than what the agent reads of a request.
  projects: Array.from({ length: 100 }, (_, n) => ({
    ...{ app: `app-${n}`, project: `app-${n}`, release: '1.2', state: 'healthy' as const, services: [] },
  })),
  tunnel: { state: 'closed' },
};

test('agent status shows at the device what its agent last said, on lines that steer no terminal', async () => {
  const folder = await temporaryFolder();
  const stop = new AbortController();
  const stateDirectory = path.join(folder.path, 'state');
  await mkdir(stateDirectory, { mode: 0o700 });
  const config = path.join(folder.path, 'agent.yaml');
  const gateways = `gateways: [{ address: "gw:8443", tlsPins: ["sha256:${'A'.repeat(43)}="] }]`;
  const known = `apiVersion: towline/v1\nfleet: acme\ndevice: pump-1\nanchor: "${'1'.repeat(40)}"`;
  await writeFile(config, `${known}\n${gateways}\nstateDirectory: ${stateDirectory}\n`);
  const ask = (...more: string[]) => towline(['agent', 'status', '--config', config, ...more]);
  const nobody = await ask();
  assert.equal(nobody.code, 5);
  assert.match(nobody.errors, /^AGENT_NOT_RUNNING /);
  let lastStatus: StatusFile | undefined;
  const agent = {
    nextPass: () => Promise.reject(new Error('nobody asked for a pass')),
    exportStatus: async () => assert.fail('not asked'),
    store: new ProjectStore({ stateDirectory }),
    get lastStatus() {
      return lastStatus;
    },
  };
  const log = { info: () => undefined, warn: () => undefined };
  const watching = controlWatcher(agent, stateDirectory, log)(() => undefined, stop.signal);
  try {
    await eventually(() => existsSync(path.join(stateDirectory, 'control')));
    assert.equal((await ask()).output, 'The first pass has not ended yet\n');
    lastStatus = status;
    const { code, output } = await ask();
    assert.equal(code, 0);
    const [first, trusts, stopped, app] = output.split('\n');
    assert.equal(first, 'pump-1 of acme: failed, at 2026-07-01T08:15:00Z');
    assert.equal(trusts, `trusts   ${'c'.repeat(40)}`);
    assert.equal(stopped, 'stopped  TRUST_UNSIGNED no signature \\u001b[2J');
    assert.equal(app, 'app      app-0 1.2 healthy');
    assert.match(output, /\ntunnel {3}closed\nnot EngineAnswers: the engine says nothing\n$/);
    assert.deepEqual(JSON.parse((await ask('--json')).output), { status });
  } finally {
    stop.abort();
    await watching;
    await folder.remove();
  }
});
