/** The runbooks of docs/guides/gateway.md and docs/guides/device.md, as they are written. */
import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { parse, stringify } from 'yaml';
import { waitUntil } from '../../lab/fleet/wait-until.ts';
import { makeSshKey } from '../../lab/rig/keys.ts';
import type { FleetFile, Gateway } from '../../schemas/types.generated.ts';
import { EnrollingFleet } from './enrolling-fleet.ts';

describe('keys that are changed or lost', () => {
  let fleet: EnrollingFleet;
  const device = () => fleet.rig.device('ridge');
  const running = async () => (await fleet.rig.view.services('ridge')).map(({ containerId }) => containerId);

  before(async () => {
    fleet = await EnrollingFleet.start(['ridge']);
    const ridge = device();
    await fleet.enrolled(ridge, '--group', 'canary');
    fleet.rig.operator.edit('devices/ridge.yaml', [['variables', 'HTTP_PORT'], ridge.httpPort]);
    await fleet.publish('The port of ridge');
    assert.equal(await ridge.pass(), 0, ridge.program.lastWords());
  });
  after(() => fleet?.stop());

  test('the gateway changes its keys: both pins first, then the key, then the old pins go', async () => {
    const { operator, gateway } = fleet.rig;
    const before = await running();
    const next = path.join(gateway.folder, 'next');
    const made = await fleet.towline(
      ...['gateway', 'init', '--address', gateway.address, '--state-directory', next],
      ...['--config', path.join(gateway.folder, 'next.yaml'), '--json'],
    );
    assert.equal(made.code, 0, made.stderr);
    const { gateway: fresh } = JSON.parse(made.stdout) as { gateway: Gateway };
    const [old] = (parse(operator.read('fleet.yaml')) as FleetFile).gateways;
    assert.ok(old);
    const both = {
      address: old.address,
      tlsPins: [...old.tlsPins, ...fresh.tlsPins],
      sshHostKeys: [...(old.sshHostKeys ?? []), ...(fresh.sshHostKeys ?? [])],
    };
    operator.edit('fleet.yaml', [['gateways'], [both]]);
    await fleet.publish('The next keys of the gateway');
    assert.equal(await device().pass(), 0, device().program.lastWords());

    await gateway.program.stop();
    rmSync(path.join(gateway.state, 'keys'), { recursive: true });
    renameSync(path.join(next, 'keys'), path.join(gateway.state, 'keys'));
    const knownHosts = path.join(path.dirname(operator.sshConfig), 'known_hosts');
    appendFileSync(knownHosts, `[127.0.0.1]:${gateway.ports.people} ${fresh.sshHostKeys?.[0]}\n`);
    await gateway.start();
    operator.edit('fleet.yaml', [['gateways'], [fresh]]);
    const commit = await fleet.publish('The old keys are gone');
    device().program.start();
    await waitUntil(
      'ridge to follow',
      async () => ((await fleet.rig.telemetry.status('ridge'))?.trusted.commit === commit ? true : undefined),
      { seen: () => device().program.lastWords() },
    );
    await device().program.stop();
    // Started anew, with the old pin in its agent.yaml: it goes by the commit that it trusts.
    assert.equal(await device().pass(), 0, device().program.lastWords());
    assert.deepEqual(await running(), before);
  });

  test('root is lost: a new beginning, stated by a person at the device, and by nobody else', async t => {
    const { operator, gateway, workspace } = fleet.rig;
    const before = await running();
    const key = await makeSshKey();
    t.after(() => key.remove());

    await operator.git('rm', '-r', '--quiet', 'trust');
    const init = await fleet.towline(
      ...['trust', 'init', '--fleet', 'demo-fleet', '--root', `alice=ssh:${key.file}.pub`],
    );
    assert.equal(init.code, 0, init.stderr);
    await operator.git('config', 'gpg.format', 'ssh');
    await operator.git('config', 'user.signingkey', key.file);
    const anchor = await operator.commit('A new beginning');
    await operator.git('config', 'towline.anchor', anchor);
    await operator.push({ unchecked: true, quiet: true });

    const ridge = device();
    assert.equal(await ridge.pass(), 3, 'no commit can do this');
    assert.deepEqual(await running(), before);
    assert.match((await fleet.rig.telemetry.status('ridge'))?.stopped?.code ?? '', /^TRUST_/);

    await gateway.program.stop();
    const settings = parse(readFileSync(gateway.config, 'utf8'));
    writeFileSync(gateway.config, stringify({ ...settings, anchor }));
    await gateway.start();
    const added = await fleet.towline('device', 'add', 'ridge', '--re-anchor', '--json');
    assert.equal(added.code, 0, added.stderr);
    const { token } = JSON.parse(added.stdout) as { token: string };
    const reAnchor = (input: string) =>
      workspace.try('towline', ['agent', 're-anchor', '-', '--config', ridge.config], { input });
    const damaged = await reAnchor(token.slice(0, -3));
    assert.match(damaged.stderr, /ENROLMENT_TOKEN_MALFORMED/);
    const done = await reAnchor(token);
    assert.equal(done.code, 0, done.stderr);
    assert.equal(await ridge.pass(), 0, ridge.program.lastWords());
    assert.deepEqual(await running(), before, 'the same files are the same apps');
    assert.equal((await fleet.rig.telemetry.status('ridge'))?.trusted.commit, anchor);
  });
});
