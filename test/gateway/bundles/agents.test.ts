/** The parts of an agent on a stick: into a gateway without an uplink, and out of it again for a device. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { agentEntry, agentsNamed } from '../../../core/bundle/agent-parts.ts';
import { openBundle } from '../../../core/bundle/open-bundle.ts';
import { commandFolder } from '../../../lab/machine/programs.ts';
import { chunksOf, sample, written } from '../../core/bundle/sample-bundle.ts';
import { madeFile, versionText } from '../agents/rig.ts';
import { testDevice } from '../rig/gateway.ts';
import { command, deviceFile, GatewayProgram, sshFlags, TestFleet } from '../rig/program.ts';

const run = promisify(execFile);
const pump = testDevice('pump-1');

describe('an agent on a stick', { timeout: 240_000 }, () => {
  const agent = madeFile(400_000, 'a');
  const other = madeFile(1_000, 'o');
  let fleet: TestFleet;
  let gateway: GatewayProgram;

  before(async () => {
    fleet = await TestFleet.make([pump]);
    await fleet.init();
    gateway = await GatewayProgram.start(fleet.config);
  });
  after(async () => {
    await gateway[Symbol.asyncDispose]();
    await fleet[Symbol.asyncDispose]();
  });

  test('is kept by the gateway as far as the main that comes with it lists it, and goes on to a device in a bundle of its own', async () => {
    const policy = await fleet.repository.git(['show', 'main:trust/policy.yaml']);
    const operator = await fleet.repository.git(['show', 'main:operators/alice.yaml']);
    const commit = await fleet.repository.commit({
      files: {
        'trust/policy.yaml': `${policy.replace(/^version: .*$/m, 'version: 2')}\n`,
        'trust/agents/0.2.0.yaml': versionText({ agent }),
        'operators/alice.yaml': `${operator}\nbundles: [{ all: true }]\n`,
        [`devices/${pump.id}.yaml`]: deviceFile(pump, ['agent: { version: 0.2.0 }']),
      },
      signer: fleet.operator,
    });
    const file = join(fleet.folder, 'commits.bundle');
    await fleet.repository.git(['bundle', 'create', '-q', file, 'main']);
    const parts = [agent, other];
    const named = agentsNamed(parts);
    const base = sample({
      images: [],
      commits: readFileSync(file),
      contents: { fleet: 'acme', devices: [pump.id], commit, ...named },
    });
    const entries = parts.map(({ sha256, bytes }) => agentEntry({ sha256, bytes: bytes.length }));
    const blobs = new Map([
      ...base.blobs,
      ...parts.map(({ sha256, bytes }) => [`sha256:${sha256}`, bytes] as const),
    ]);
    const stick = join(fleet.folder, 'stick.tlb');
    writeFileSync(stick, await written({ ...base, blobs, entries: [...base.entries, ...entries] }));
    const words = ['gateway', 'import', stick, '--config', fleet.config, '--json'];
    const brought = await command(join(commandFolder, 'towline'), words);
    assert.equal(brought.code, 0, brought.stderr);
    const result = JSON.parse(brought.stdout);
    assert.deepEqual([result.commit, result.main, result.agents], [commit, 'moved', 1]);
    using stranger = gateway.client(undefined);
    assert.ok((await stranger.ask(`/agents/sha256/${agent.sha256}`)).body.equals(agent.bytes));
    assert.equal((await stranger.ask(`/agents/sha256/${other.sha256}`)).status, 404);

    const asked = [
      ...sshFlags(fleet.operator),
      '-p',
      `${gateway.people}`,
      'towline@127.0.0.1',
      `bundle ${pump.id}`,
    ];
    const { stdout } = await run('ssh', asked, { encoding: 'buffer', maxBuffer: 64 * 1024 * 1024 });
    const made = await openBundle(chunksOf(stdout, 65_536));
    assert.deepEqual(made.contents.agents, [`sha256:${agent.sha256}`]);
    for await (const _part of made.parts());
  });
});
