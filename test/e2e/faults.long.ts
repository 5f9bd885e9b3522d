import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { device, type OneDevice, oneDevice } from './one-device.ts';

describe('what runs keeps running, and comes right again', () => {
  let fleet: OneDevice;
  const greeting = async (): Promise<string> => {
    const [web] = (await fleet.services()).filter(({ service }) => service === 'web');
    const environment = await fleet.rig.view.execute(web?.containerId ?? '', ['/bin/env']);
    return /^GREETING=(.*)$/m.exec(environment)?.[1]?.trim() ?? '';
  };
  const greet = (text: string) => {
    fleet.rig.operator.edit('groups/canary.yaml', [['variables', 'GREETING'], text]);
    return fleet.publish(text);
  };
  const ids = async () => (await fleet.services()).map(({ containerId }) => containerId);
  const trusted = async () => (await fleet.rig.telemetry.status(device))?.trusted.commit;

  before(async () => {
    fleet = await oneDevice();
    assert.equal(await fleet.agent.pass(), 0, fleet.agent.program.lastWords());
  });
  after(() => fleet?.stop());

  test('a second pass with nothing new writes nothing to the engine and commits nothing', async () => {
    const { agent, engine, rig } = fleet;
    assert.equal(await agent.pass(), 0);
    const commits = await rig.telemetry.count(device);
    engine.reset();
    assert.equal(await agent.pass(), 0);
    assert.deepEqual(engine.writes(), []);
    assert.ok(engine.calls.length > 0 && engine.calls.length < 20, `${engine.calls.length} calls`);
    assert.equal(await rig.telemetry.count(device), commits);
  });

  test('while the gateway is down the device runs on and says 6; afterwards it catches up', async () => {
    const { agent, network, rig } = fleet;
    const running = await ids();
    network.down();
    await rig.gateway.program.stop();
    assert.equal(await agent.pass(), 6);
    assert.deepEqual(await ids(), running);

    await rig.gateway.start();
    network.up();
    await greet('after the gateway was down');
    assert.equal(await agent.pass(), 0, agent.program.lastWords());
    assert.equal(await greeting(), 'after the gateway was down');
  });

  test('a container that somebody removed while the gateway is down comes back without it', async () => {
    const { agent, network, rig } = fleet;
    const [, worker] = await fleet.services();
    network.down();
    await rig.workspace.run('docker', ['rm', '--force', worker?.containerId ?? ''], {
      environment: { DOCKER_HOST: `unix://${rig.engine.socket}` },
    });
    assert.equal(await agent.pass(), 6);
    network.up();
    assert.deepEqual(
      (await fleet.services()).map(({ service, state }) => [service, state]),
      [
        ['web', 'running'],
        ['worker', 'running'],
      ],
    );
  });

  test('while the registry is down a new release changes nothing; afterwards it is applied', async () => {
    const { agent, rig } = fleet;
    const result = await rig.operator.quietly('towline', [
      'release',
      'hello',
      '1.1.0',
      '--assign',
      'groups/canary.yaml',
    ]);
    assert.equal(result.code, 0, result.stderr);
    await fleet.publish('hello 1.1.0');
    const running = await ids();
    await rig.registry.pause();
    assert.equal(await agent.pass(), 5, agent.program.lastWords());
    assert.deepEqual(await ids(), running, 'nothing was stopped for an image that is not there');

    await rig.registry.resume();
    assert.equal(await agent.pass(), 5, 'the registry is left in peace for a while');
    rig.operator.edit('groups/canary.yaml', [['apps', 'hello', 'retry'], 1]);
    await fleet.publish('Try again now');
    assert.equal(await agent.pass(), 0, agent.program.lastWords());
    const answer = await fetch(`http://127.0.0.1:${agent.httpPort}/version`);
    assert.equal((await answer.text()).trim(), '1.1.0');
  });

  test('garbage in every file of the store is noticed, and a fresh store is fetched', async () => {
    const { agent } = fleet;
    const store = path.join(agent.state, 'store');
    for (const file of readdirSync(store, { recursive: true, encoding: 'utf8' })) {
      const full = path.join(store, file);
      if (statSync(full).isFile()) writeFileSync(full, Buffer.alloc(200, 0xa5));
    }
    await greet('after garbage in the store');
    assert.equal(await agent.pass(), 0, agent.program.lastWords());
    assert.equal(await greeting(), 'after garbage in the store');
  });

  test('one byte turned over in a pack is noticed', async () => {
    const { agent } = fleet;
    const store = path.join(agent.state, 'store');
    const pack = readdirSync(store, { recursive: true, encoding: 'utf8' }).find(file =>
      file.endsWith('.pack'),
    );
    assert.ok(pack);
    const bytes = readFileSync(path.join(store, pack));
    const middle = Math.floor(bytes.length / 2);
    bytes.writeUInt8(bytes.readUInt8(middle) ^ 0x10, middle);
    writeFileSync(path.join(store, pack), bytes);
    await greet('after a bit flip');
    assert.equal(await agent.pass(), 0, agent.program.lastWords());
    assert.equal(await greeting(), 'after a bit flip');
  });

  const trustedFiles = (): string[] => {
    const folder = path.join(fleet.agent.state, 'trusted');
    return readdirSync(folder).map(name => path.join(folder, name));
  };
  for (const [which, choose] of [
    ['one copy', () => trustedFiles().slice(0, 1)],
    ['both copies', trustedFiles],
  ] as const) {
    test(`garbage in ${which} of the trusted commit loses neither the commit nor what runs`, async () => {
      const { agent, rig } = fleet;
      const head = await rig.operator.git('rev-parse', 'HEAD');
      const running = await ids();
      assert.equal(trustedFiles().length, 2);
      for (const file of choose()) writeFileSync(file, '\0\0garbage');
      assert.equal(await agent.pass(), 0, agent.program.lastWords());
      assert.equal(await trusted(), head);
      assert.deepEqual(await ids(), running);
      for (const file of trustedFiles()) assert.match(readFileSync(file, 'utf8'), new RegExp(head));
    });
  }

  const badCommits: [string, (fleet: OneDevice) => void, RegExp][] = [
    [
      'a broken YAML file',
      ({ rig }) => rig.operator.write('groups/canary.yaml', 'apiVersion: [towline/v1\n'),
      /FLEET_YAML_SYNTAX/,
    ],
    [
      'an unknown key',
      ({ rig }) => rig.operator.edit('groups/canary.yaml', [['priorty'], 3]),
      /FLEET_UNKNOWN_KEY/,
    ],
    [
      'a release that is not there',
      ({ rig }) => rig.operator.edit('groups/canary.yaml', [['apps', 'hello', 'release'], '9.9.9']),
      /FLEET_/,
    ],
  ];
  for (const [what, spoil, code] of badCommits) {
    test(`${what}: the commit is trusted and not applied, the status names the code, what runs keeps running`, async () => {
      const { agent, rig } = fleet;
      const running = await ids();
      const good = rig.operator.read('groups/canary.yaml');
      spoil(fleet);
      const commit = await fleet.publish(what);
      assert.equal(await agent.pass(), 5, agent.program.lastWords());
      const status = await rig.telemetry.status(device);
      assert.equal(status?.trusted.commit, commit);
      assert.match(JSON.stringify(status?.conditions), code);
      assert.deepEqual(await ids(), running);

      rig.operator.write('groups/canary.yaml', good);
      await fleet.publish(`without ${what}`);
      assert.equal(await agent.pass(), 0, agent.program.lastWords());
      assert.deepEqual(await ids(), running, 'nothing had to be replaced');
    });
  }

  test('a device that is no longer in the fleet is not let in, and runs on', async () => {
    const { agent, rig } = fleet;
    const running = await ids();
    const file = `devices/${device}.yaml`;
    const content = rig.operator.read(file);
    await rig.operator.git('rm', '--quiet', file);
    await fleet.publish('Without the device');
    assert.equal(await agent.pass(), 6);
    assert.match(agent.program.lastWords(), /AGENT_REFUSED/);
    assert.deepEqual(await ids(), running);

    rig.operator.write(file, content);
    await fleet.publish('With the device');
    assert.equal(await agent.pass(), 0, agent.program.lastWords());
  });
});
