/** trust/images.yaml is root's: whoever may change all the rest, fleet.yaml too, cannot turn it off. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Files } from '../../../../lab/rig/fleet-repository.ts';
import {
  makePeople,
  makePolicedFleet,
  type People,
  type PolicedFleet,
  policyText,
  removePeople,
} from '../../../rig/policed-fleet.ts';

const images = [
  'apiVersion: towline/v1',
  'default: refuse',
  'rules: [{ name: acme, repositories: ["registry.example.com/**"], keys: [trust/keys/acme.pub], onDevice: true }]',
  '',
].join('\n');

describe('whoever may change fleet.yaml and every path that a policy can give, and is not root', () => {
  let people: People;
  let fleet: PolicedFleet;
  let changed: string;
  before(async () => {
    people = await makePeople();
    const rules = 'rules: [{ paths: ["**", "trust/images.yaml", "trust/keys/*"], roles: [deploy] }]\n';
    const policy = policyText(people, { walk: 2 });
    fleet = await makePolicedFleet(people, {
      'fleet.yaml': 'name: acme\n',
      'trust/images.yaml': images,
      'trust/keys/acme.pub': 'the key\n',
      'trust/policy.yaml': policy.slice(0, policy.indexOf('rules:')) + rules,
    });
    const files = { 'fleet.yaml': 'name: acme\n# more\n' };
    changed = await fleet.repository.commit({ signer: people.alice, files });
    assert.equal((await fleet.walk.walk()).trusted.commit, changed);
  });
  after(async () => {
    await fleet.repository.remove();
    await removePeople(people);
  });

  const attempts: readonly [name: string, files: Files][] = [
    ['remove trust/images.yaml', { 'trust/images.yaml': null }],
    ['let devices take what no rule names', { 'trust/images.yaml': images.replace('refuse', 'allow') }],
    ['have devices look no more', { 'trust/images.yaml': images.replace(', onDevice: true', '') }],
    ['put another key in its place', { 'trust/keys/acme.pub': 'another key\n' }],
    ['do it beside a change of fleet.yaml', { 'fleet.yaml': 'name: acme\n', 'trust/images.yaml': null }],
  ];
  for (const [name, files] of attempts)
    test(`cannot ${name}`, async () => {
      await fleet.repository.commit({ parents: [changed], signer: people.alice, files });
      const { stopped, trusted } = await fleet.walk.walk();
      assert.equal(trusted.commit, changed);
      assert.equal(stopped?.code, 'TRUST_THRESHOLD', stopped?.message);
      assert.match(stopped.message, /^trust\/\S+ needs more than alice/);
    });

  test('cannot even with the version of the policy raised: root wants two', async () => {
    const { repository, walk } = fleet;
    const policy = (await repository.git(['show', `${changed}:trust/policy.yaml`])).replace(
      'version: 1',
      'version: 2',
    );
    const files = { 'trust/images.yaml': null, 'trust/policy.yaml': `${policy}\n` };
    await repository.commit({ parents: [changed], signer: people.alice, files });
    const { stopped, trusted } = await walk.walk();
    assert.equal(trusted.commit, changed);
    assert.equal(stopped?.code, 'TRUST_THRESHOLD', stopped?.message);
  });
});
