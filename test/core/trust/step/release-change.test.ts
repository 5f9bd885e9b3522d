/** What was released stays what it is, whoever signs. */
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

const folder = 'apps/web/releases/1.0.0';
const digest = `sha256:${'a'.repeat(64)}`;
const released = (more = '') =>
  `apiVersion: towline/v1\nversion: 1.0.0\n${more}images: { web: { image: "r.example.com/web:1", digest: "${digest}" } }\n`;
const files = {
  [`${folder}/release.yaml`]: released(),
  [`${folder}/compose.yaml`]: 'services: { web: { image: "r.example.com/web:1" } }\n',
  [`${folder}/config/page.conf`]: 'a = 1\n',
};

describe('a release that was accepted', () => {
  let people: People;
  const fleets = new Map<number, PolicedFleet>();
  before(async () => {
    people = await makePeople();
    for (const walk of [1, 2]) {
      const policy = policyText(people, { walk });
      fleets.set(walk, await makePolicedFleet(people, { ...files, 'trust/policy.yaml': policy }));
    }
  });
  after(async () => {
    for (const { repository } of fleets.values()) await repository.remove();
    await removePeople(people);
  });

  async function judged(change: Files, walk = 2): Promise<{ code: string | undefined; message: string }> {
    const fleet = fleets.get(walk) ?? assert.fail();
    const { repository, anchor } = fleet;
    const head = await repository.commit({
      parents: [anchor],
      branch: null,
      signer: people.alice,
      files: change,
    });
    const { stopped } = await fleet.walk.walk(head);
    return { code: stopped?.code, message: stopped?.message ?? '' };
  }

  const refused: readonly (readonly [what: string, change: Files])[] = [
    ['a Compose file that changes', { [`${folder}/compose.yaml`]: 'services: {}\n' }],
    ['a mounted file that changes', { [`${folder}/config/page.conf`]: 'a = 2\n' }],
    ['a file that comes', { [`${folder}/config/more.conf`]: 'a = 2\n' }],
    ['a file that goes', { [`${folder}/config/page.conf`]: null }],
    ['its release.yaml that goes', { [`${folder}/release.yaml`]: null }],
    [
      'a digest that changes',
      { [`${folder}/release.yaml`]: released().replaceAll('a'.repeat(64), 'b'.repeat(64)) },
    ],
    ['notes and a variable', { [`${folder}/release.yaml`]: released('notes: new\nvariables: { A: "1" }\n') }],
    ['a release.yaml that is none any more', { [`${folder}/release.yaml`]: 'notes: [\n' }],
  ];
  for (const [what, change] of refused)
    test(`${what}: refused`, async () => {
      const { code, message } = await judged(change);
      assert.equal(code, 'TRUST_RELEASE_CHANGED', message);
      assert.match(message, /release 1\.0\.0 of web was accepted, and apps\/web\/releases\/1\.0\.0\/\S+ /);
    });

  const taken: readonly (readonly [what: string, change: Files])[] = [
    ['its notes', { [`${folder}/release.yaml`]: released('notes: reads the new meters\n') }],
    ['that it is withdrawn', { [`${folder}/release.yaml`]: released('withdrawn: leaks\n') }],
    ['its end, as a whole', Object.fromEntries(Object.keys(files).map(file => [file, null]))],
    ['the working files beside it', { 'apps/web/compose.yaml': 'services: { other: {} }\n' }],
    ['another release', { 'apps/web/releases/1.0.1/release.yaml': released().replace('1.0.0', '1.0.1') }],
    ['a folder that was none', { 'apps/web/releases/2/compose.yaml': 'services: {}\n' }],
  ];
  for (const [what, change] of taken)
    test(`${what}: taken`, async () => {
      const { code, message } = await judged(change);
      assert.equal(code, undefined, message);
    });

  test('at walk 1 may change: devices there do not look', async () => {
    assert.equal((await judged({ [`${folder}/config/page.conf`]: 'a = 2\n' }, 1)).code, undefined);
  });
});
