/** Which agent a device should run: chosen by fleet, group and device, listed by root alone. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { agentDigest, agentPlatform } from '../../../core/agents/agent-version.ts';
import { desiredState } from '../../../core/desired/desired-state.ts';
import { loadFleet } from '../../../core/fleet/load.ts';
import { nameFits, placeOf } from '../../../core/fleet/paths.ts';
import { byClock, byCommit, type When } from '../../../core/rollout/when.ts';
import { exampleFleet, repositoryOf, type Texts } from '../fleet/example-fleet.ts';
import { listed } from './listed.ts';

const one = 'trust/agents/0.1.0.yaml';
const two = 'trust/agents/0.2.0.yaml';
const wide = `${exampleFleet['fleet.yaml']}agent: { version: "0.1.0" }\n`;
const versions: Texts = { ...exampleFleet, 'fleet.yaml': wide, [one]: listed('1'), [two]: listed('2') };
const pump1 = 'devices/berlin/pump-1.yaml';
const step = (stage: number, more = '') =>
  `apiVersion: towline/v1\nagent: true\nfrom: ["0.1.0"]\nto: "0.2.0"\nstages:\n  - { name: first, select: { devices: [pump-1] } }\n  - { name: all, select: { all: true } }\nstage: ${stage}\nsince: "2026-11-28T12:00:00Z"\n${more}`;
const sinceMs = Date.parse('2026-11-28T12:00:00Z');

async function agentOf(changes: Texts, device = 'pump-1', when: When = byCommit) {
  const { reader, commit } = repositoryOf({ ...versions, ...changes });
  const { state, agent, problems } = await desiredState({ reader, commit, device, when });
  assert.deepEqual(problems, []);
  assert.deepEqual(state?.agent, agent);
  return agent;
}
async function findings(changes: Texts): Promise<string[]> {
  const { reader, commit } = repositoryOf({ ...versions, ...changes });
  const { problems } = await loadFleet(reader, commit);
  return problems.map(({ code, position }) => `${position.file} ${code}`);
}

describe('the agent that a device should run', () => {
  test('is chosen by fleet, group and device, the narrowest wins; its parts are what root has listed', async () => {
    const agent = await agentOf({});
    assert.deepEqual([agent?.version, agent?.stateFormat, agent?.problems], ['0.1.0', 1, []]);
    assert.deepEqual(Object.keys(agent?.platforms ?? {}), ['linux/amd64', 'linux/arm/v7']);
    const canary = 'apiVersion: towline/v1\npriority: 20\nagent: { version: "0.2.0" }\n';
    assert.equal((await agentOf({ 'groups/canary.yaml': canary }, 'pump-2'))?.version, '0.2.0');
    assert.equal((await agentOf({ 'groups/canary.yaml': canary }, 'pump-1'))?.version, '0.1.0');
  });

  test('is nobody’s to say where no file chooses one', async () => {
    assert.equal(await agentOf({ 'fleet.yaml': exampleFleet['fleet.yaml'] }), undefined);
  });

  test('a version that root has not listed: the apps go on, the device says it and has nothing to install; validate refuses', async () => {
    const unlisted = { [one]: undefined };
    const agent = await agentOf(unlisted);
    assert.deepEqual(
      [agent?.platforms, agent?.problems.map(({ code }) => code)],
      [{}, ['AGENT_VERSION_UNLISTED']],
    );
    assert.deepEqual(await findings(unlisted), ['fleet.yaml AGENT_VERSION_UNLISTED']);
    const rolled = { 'rollouts/_agent/r1.yaml': step(1), [two]: undefined };
    assert.equal((await agentOf(rolled))?.problems[0]?.code, 'AGENT_VERSION_UNLISTED');
    assert.deepEqual(await findings(rolled), ['rollouts/_agent/r1.yaml AGENT_VERSION_UNLISTED']);
  });

  test('of what a file lists nothing is taken where it is not as it must be', async () => {
    const twice = listed().replace('name: node', 'name: agent');
    assert.deepEqual((await agentOf({ [one]: twice }))?.platforms, {});
    assert.deepEqual(await findings({ [one]: twice }), [`${one} FLEET_SCHEMA`]);
    const alone = listed().replace(/\n.*name: agent, sha256: "b.*/, '');
    assert.deepEqual(await findings({ [one]: alone }), [`${one} FLEET_SCHEMA`]);
    const path = `${listed()}url: https://attacker.example/agent.tar.gz\n`;
    assert.deepEqual((await agentOf({ [one]: path }))?.platforms, {});
    assert.deepEqual(await findings({ [one]: path }), [`${one} FLEET_UNKNOWN_KEY`]);
  });

  test('also of a commit whose apps have problems: a newer agent may understand them', async () => {
    const { reader, commit } = repositoryOf({
      ...versions,
      'apps/web/releases/1.0.0/compose.yaml': 'services: { web: { unheard-of: true } }\n',
    });
    const { state, agent, problems } = await desiredState({ reader, commit, device: 'pump-1' });
    assert.deepEqual([state, agent?.version, problems.length > 0], [undefined, '0.1.0', true]);
  });

  test('a device that leaves the fleet gets none', async () => {
    assert.equal(await agentOf({ [pump1]: `${versions[pump1]}retired: { apps: stop }\n` }), undefined);
  });
});

describe('an agent that walks through the fleet', () => {
  const path = 'rollouts/_agent/r1.yaml';

  test('reaches a device when its stage is open and its clock says so, and goes back where it is aborted', async () => {
    const versionOf = async (changes: Texts, device = 'pump-1', when: When = byCommit) =>
      (await agentOf({ [path]: step(0), ...changes }, device, when))?.version;
    assert.equal(await versionOf({}), '0.1.0');
    assert.equal(await versionOf({ [path]: step(1) }), '0.2.0');
    assert.equal(await versionOf({ [path]: step(1) }, 'pump-2'), '0.1.0');
    assert.equal(await versionOf({ [path]: step(1) }, 'pump-1', byClock(sinceMs - 1)), '0.1.0');
    assert.equal(await versionOf({ [path]: step(1) }, 'pump-1', byClock(sinceMs)), '0.2.0');
    assert.equal(await versionOf({ [path]: step(1, 'aborted: true\n') }), '0.1.0');
    assert.deepEqual(await findings({ [path]: step(1) }), []);
  });

  test('a version in the device’s own file is a pin, until its end has come', async () => {
    const pin = `${versions[pump1]}agent: { version: "0.1.0", pinned: { until: "2026-11-29T00:00:00Z", reason: visit } }\n`;
    const changes = { [path]: step(2), [pump1]: pin };
    const held = await agentOf(changes);
    assert.deepEqual([held?.version, held?.pin?.reason, held?.rollout], ['0.1.0', 'visit', undefined]);
    assert.equal((await agentOf(changes, 'pump-1', byClock(sinceMs + 86_400_000)))?.version, '0.2.0');
    const inGroup = 'apiVersion: towline/v1\nagent: { version: "0.1.0", pinned: { reason: no } }\n';
    assert.deepEqual(await findings({ 'groups/canary.yaml': inGroup }), ['groups/canary.yaml FLEET_SCHEMA']);
  });

  test('two that move one device leave its agent as it is', async () => {
    const agent = await agentOf({ [path]: step(1), 'rollouts/_agent/r2.yaml': step(1) });
    assert.deepEqual([agent?.platforms, agent?.problems[0]?.code], [{}, 'ROLLOUT_CONFLICT']);
    assert.deepEqual([agent?.version, agent?.rollout?.state], ['0.1.0', 'conflict']);
  });

  test('its file says `agent: true`, stands in rollouts/_agent, and nothing of it comes ahead', async () => {
    const app = step(0).replace('agent: true', 'app: web');
    assert.deepEqual(await findings({ [path]: app }), [`${path} FLEET_NAME_MISMATCH`]);
    assert.deepEqual(await findings({ 'rollouts/web/r1.yaml': step(0) }), [
      'rollouts/web/r1.yaml FLEET_NAME_MISMATCH',
      'rollouts/web/r1.yaml FLEET_RELEASE_UNKNOWN',
    ]);
    const both = step(0).replace('agent: true', 'agent: true\napp: web');
    assert.deepEqual(await findings({ [path]: both }), [`${path} ROLLOUT_INVALID`]);
    const ahead = step(0).replace('name: first,', 'name: first, prefetch: true,');
    assert.deepEqual(await findings({ [path]: ahead }), [`${path} ROLLOUT_INVALID`]);
  });
});

test('a version’s file is found by its name alone, below trust/agents', () => {
  assert.deepEqual(placeOf(two), { kind: 'agents', name: '0.2.0' });
  for (const path of ['trust/agents/0.2.0.yml', 'trust/agents/old/0.2.0.yaml', 'trust/agents/0.2.0.json'])
    assert.equal(placeOf(path), 'misnamed', path);
  assert.equal(nameFits({ kind: 'agents', name: '../0.2.0' }), false);
  assert.equal(nameFits({ kind: 'rollout', name: 'r1', app: '_agent' }), true);
  assert.equal(nameFits({ kind: 'release', name: '0.2.0', app: '_agent' }), false);
});

test('parts are set aside by one digest, whatever else their file says of them', () => {
  const part = { name: 'agent', sha256: 'a'.repeat(64), bytes: 1 } as const;
  const digest = agentDigest([part]);
  assert.match(digest, /^sha256:[0-9a-f]{64}$/);
  assert.equal(agentDigest([{ bytes: 1, sha256: 'a'.repeat(64), name: 'agent' }]), digest);
  assert.notEqual(agentDigest([{ ...part, bytes: 2 }]), digest);
  assert.deepEqual(['x64', 'arm64', 'arm', 'toString'].map(agentPlatform), [
    ...['linux/amd64', 'linux/arm64', 'linux/arm/v7', undefined],
  ]);
});
