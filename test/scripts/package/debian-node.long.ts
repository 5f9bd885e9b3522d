/** What ships, on Debian 13's own Node: a device comes in, and runs its first release. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { insideRoot, suiteRoot } from '../../../lab/machine/suite-root.ts';
import { bundled } from '../../deploy/bundled.ts';
import { EnrollingFleet, fingerprintIn } from '../../e2e/enrolling-fleet.ts';

describe("an agent on Debian's Node", () => {
  const id = `elder-${process.pid}`;
  let folder: string;
  let fleet: EnrollingFleet;
  let node: readonly string[];
  const program = (name: string) => path.join(folder, `${name}.js`);
  const run = (words: readonly string[], input = '') => {
    const [command = '', ...rest] = [...node, ...words];
    return fleet.rig.workspace.try(command, rest, { input, timeoutMs: 240_000 });
  };

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'towline-elder-'));
    await bundled(folder);
    node = insideRoot(suiteRoot('trixie', 'nodejs-trixie', ['nodejs', 'util-linux', 'zstd']), [
      '/usr/bin/node',
    ]);
    fleet = await EnrollingFleet.start([id]);
  });
  after(async () => {
    await fleet?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('every program says what it is', async () => {
    assert.match((await run(['--version'])).stdout, /^v20\.19\./);
    assert.match((await run([program('agent'), '--help'])).stdout, /^usage: towline agent/);
    assert.match((await run([program('gateway'), '--help'])).stdout, /^usage: towline gateway/);
    assert.equal((await run([program('towline'), '--version'])).stdout, '0.1.0\n');
  });

  test('it enrols, and one pass runs the release and reports', async () => {
    const device = fleet.rig.device(id);
    const token = await fleet.token(id, '--group', 'canary');
    const settings = ['--config', device.config, '--state-directory', device.state];
    const own = ['--engine-socket', device.engineSocket, '--project-prefix', device.prefix];
    const stated = await run([program('agent'), 'enroll', '-', '--no-wait', ...settings, ...own], token);
    const accepted = await fleet.accept(id, fingerprintIn(stated));
    assert.equal(accepted.code, 0, accepted.stderr);
    await fleet.publish(`Accept ${id}`);
    device.configure();
    const pass = await run([program('agent'), '--once', '--config', device.config]);
    assert.equal(pass.code, 0, pass.stdout + pass.stderr);
    const services = await fleet.rig.view.services(id);
    assert.ok(services.length > 0, pass.stdout);
    const tested = await run([program('agent'), 'self-test', '--config', device.config]);
    assert.equal(tested.code, 0, tested.stdout + tested.stderr);
  });
});
