/** A narrow maintainer's key, stolen or not, chooses among the agents that root has listed, and brings none: by the walk and the agent's own reading. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DesiredReader } from '../../../agent/pass/desired-reader.ts';
import { ReadingMark } from '../../../agent/pass/reading-mark.ts';
import { byCommit } from '../../../core/rollout/when.ts';
import { MemoryKey } from '../../../lab/rig/memory-repository.ts';
import { listed } from '../../core/agents/listed.ts';
import { type Changes, MemoryLine } from '../../rig/memory-line.ts';
import { policyText } from '../../rig/policed-fleet.ts';

const [alice, bob, carol, bot] = [new MemoryKey(), new MemoryKey(), new MemoryKey(), new MemoryKey()];
const rules = [
  '{ paths: ["rollouts/_agent/*.yaml"], change: advance, roles: [narrow-bot] }',
  '{ paths: ["rollouts/_agent/**", "devices/**", "groups/**", "fleet.yaml"], roles: [narrow] }',
];
const roles = [
  'root: { principals: [alice] }',
  'deploy: { principals: [bob] }',
  'tunnels: { principals: [bob] }',
  'narrow: { principals: [carol] }',
  'narrow-bot: { principals: [bot] }',
];
const policy = (version: number) =>
  policyText({ alice, bob, carol, bot }, { walk: 2, version, rules, roles });
const fleetText = [
  'apiVersion: towline/v1',
  'name: acme',
  'gateways: [{ address: "gw:8443", tlsPins: ["sha256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="] }]',
  'agent: { version: "0.1.0" }',
  '',
].join('\n');
const pump = 'devices/pump.yaml';
const pumpText = 'apiVersion: towline/v1\n';
const rollout = (to: string, stage: number) =>
  `apiVersion: towline/v1\nagent: true\nfrom: ["0.1.0"]\nto: "${to}"\nstages: [{ name: all, select: { all: true } }]\nstage: ${stage}\nsince: "2026-11-28T12:00:00Z"\n`;

function fleet(): MemoryLine {
  const files = { 'trust/policy.yaml': policy(1), 'fleet.yaml': fleetText, [pump]: pumpText };
  const agents = { 'trust/agents/0.1.0.yaml': listed('1'), 'trust/agents/0.2.0.yaml': listed('2') };
  return new MemoryLine('acme', { ...files, ...agents }, alice);
}

/** What the device's agent makes of what its walk trusts. */
async function agentOf(line: MemoryLine) {
  const { trusted, stopped } = await line.walk();
  const reader = new DesiredReader({
    ...{ device: 'pump', projectPrefix: '', onRead: () => undefined },
    objects: () => ({ read: id => line.repository.read(id), [Symbol.asyncDispose]: async () => undefined }),
    mark: new ReadingMark('/nonexistent'),
  });
  const { agent, desired } = await reader.at(trusted.commit, async () => byCommit);
  assert.deepEqual(desired?.agent, agent);
  return { agent, stopped: stopped?.code };
}
const partsOf = (agent: Awaited<ReturnType<typeof agentOf>>['agent']) =>
  agent?.platforms['linux/amd64']?.parts.map(({ sha256 }) => sha256[1]).join('');

describe('who may change devices, groups and rollouts of the agent', () => {
  test('chooses among what root has listed', async () => {
    const line = fleet();
    assert.equal(partsOf((await agentOf(line)).agent), '11');
    line.commit(carol, { [pump]: `${pumpText}agent: { version: "0.2.0" }\n` });
    const own = await agentOf(line);
    assert.deepEqual([partsOf(own.agent), own.agent?.version, own.stopped], ['22', '0.2.0', undefined]);
    line.commit(carol, { [pump]: pumpText, 'rollouts/_agent/r1.yaml': rollout('0.2.0', 0) });
    assert.equal(partsOf((await agentOf(line)).agent), '11');
    line.commit(bot, { 'rollouts/_agent/r1.yaml': rollout('0.2.0', 1).replace('T12', 'T13') });
    const moved = await agentOf(line);
    assert.deepEqual([partsOf(moved.agent), moved.agent?.rollout?.state], ['22', 'open']);
  });

  const evil = listed('e');
  const attempts: readonly [name: string, isStopped: boolean, changes: Changes][] = [
    [
      'a version of their own, listed by themselves',
      true,
      { 'trust/agents/0.3.0.yaml': evil, [pump]: `${pumpText}agent: { version: "0.3.0" }\n` },
    ],
    ['other parts under a listed version', true, { 'trust/agents/0.1.0.yaml': evil }],
    [
      'the same, with the version of the policy raised',
      true,
      { 'trust/agents/0.1.0.yaml': evil, 'trust/policy.yaml': policy(2) },
    ],
    ['a listed version taken away', true, { 'trust/agents/0.1.0.yaml': null }],
    ['a version that nobody has listed', false, { [pump]: `${pumpText}agent: { version: "0.3.0" }\n` }],
    ['the same by a rollout', false, { 'rollouts/_agent/r1.yaml': rollout('0.3.0', 1) }],
    [
      'a name that leads elsewhere',
      false,
      { [pump]: `${pumpText}agent: { version: "..%2f..%2fdevices%2fx" }\n`, 'devices/x.yaml': evil },
    ],
    [
      'a version below their own folders',
      false,
      {
        [pump]: `${pumpText}agent: { version: "0.3.0" }\n`,
        'devices/trust/agents/0.3.0.yaml': evil,
        'groups/0.3.0.yaml': evil,
      },
    ],
    [
      'parts beside the version',
      false,
      {
        [pump]: `${pumpText}agent: { version: "0.3.0", platforms: { linux/amd64: { parts: [{ name: agent, sha256: "${'e'.repeat(64)}", bytes: 1 }] } } }\n`,
      },
    ],
  ];
  for (const [name, isStopped, changes] of attempts)
    test(`brings none: ${name}`, async () => {
      const line = fleet();
      line.commit(carol, changes);
      const found = await agentOf(line);
      assert.notEqual(partsOf(found.agent)?.includes('e'), true);
      assert.equal(found.stopped !== undefined, isStopped, found.stopped);
      if (isStopped) assert.equal(partsOf(found.agent), '11', 'it stays with what it trusts');
      else assert.deepEqual(found.agent?.platforms ?? {}, {});
    });
});
