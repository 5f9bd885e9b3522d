/** Which release a device has once rollouts count. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { layersOf } from '../../../core/fleet/fleet.ts';
import { loadFleet } from '../../../core/fleet/load.ts';
import { rolledOut } from '../../../core/rollout/rolled-out.ts';
import { byClock, byCommit, type When } from '../../../core/rollout/when.ts';
import { digest, exampleFleet, repositoryOf, type Texts } from '../fleet/example-fleet.ts';

const old = 'apps/web/releases/1.0.0';
const renewed = (text: string, version: string) =>
  text.replaceAll('1.0.0', version).replace(digest('a'), digest('b'));
const release = (version: string): Texts =>
  Object.fromEntries(
    ['compose.yaml', 'release.yaml', 'settings.conf'].map(file => [
      `apps/web/releases/${version}/${file}`,
      renewed(String(exampleFleet[`${old}/${file}`]), version),
    ]),
  );
const rollout = (lines: string) => `apiVersion: towline/v1\napp: web\n${lines}`;
const stages = `stages:
  - { name: first, select: { devices: [pump-1] }, hold: 4h, prefetch: true }
  - { name: second, select: { devices: [pump-2] }, hold: 1d, prefetch: true }
  - { name: all, select: { all: true } }
`;
const step = (stage: number, more = '') =>
  rollout(`from: ["1.0.0"]\nto: "1.1.0"\n${stages}stage: ${stage}\nsince: "2026-11-28T12:00:00Z"\n${more}`);
const sinceMs = Date.parse('2026-11-28T12:00:00Z');
const hourMs = 3_600_000;

async function web(changes: Texts, device = 'pump-1', when: When = byCommit) {
  const texts = { ...exampleFleet, ...release('1.1.0'), ...release('1.2.0'), ...changes };
  const { reader, commit } = repositoryOf(texts);
  const { fleet, problems } = await loadFleet(reader, commit);
  assert.deepEqual(
    problems.filter(({ code }) => code !== 'FLEET_DEVICE_UNKNOWN'),
    [],
  );
  assert.ok(fleet !== undefined);
  const layers = layersOf(fleet, device);
  assert.ok(layers !== undefined);
  const found = rolledOut(layers, when).apps.find(({ app }) => app === 'web');
  assert.ok(found !== undefined);
  return found;
}

const pump1 = String(exampleFleet['devices/berlin/pump-1.yaml']);

describe('a release that walks through the fleet', () => {
  const path = 'rollouts/web/r1.yaml';

  test('reaches a device when its stage is open, and not before; images come ahead where its stage says so', async () => {
    const ahead = await web({ [path]: step(0) });
    assert.deepEqual([ahead.release, ahead.next, ahead.rollout?.state], ['1.0.0', '1.1.0', 'ahead']);
    const open = await web({ [path]: step(1) });
    assert.deepEqual([open.release, open.next, open.rollout?.state], ['1.1.0', undefined, 'open']);
  });

  test('goes back where it is aborted', async () => {
    const { release: found, rollout: standing } = await web({ [path]: step(1, 'aborted: true\n') });
    assert.deepEqual([found, standing], ['1.0.0', undefined]);
  });

  test('a release in the device’s own file is a pin: it stays until its end has come by the device’s clock', async () => {
    const pinned = `${pump1}apps: { web: { release: "1.0.0", pinned: { until: "2026-11-29T00:00:00Z" } } }\n`;
    const changes = { [path]: step(1), 'devices/berlin/pump-1.yaml': pinned };
    assert.equal((await web(changes)).release, '1.0.0');
    assert.equal((await web(changes, 'pump-1', byClock(sinceMs + hourMs))).release, '1.0.0');
    assert.equal((await web(changes, 'pump-1', byClock(sinceMs + 24 * hourMs))).release, '1.1.0');
  });

  test('a device acts on its stage when its own clock has reached `since`, and on an earlier one when the holds between allow it', async () => {
    const at = (stage: number, ms: number) => web({ [path]: step(stage) }, 'pump-1', byClock(sinceMs + ms));
    assert.deepEqual([(await at(1, -1)).release, (await at(1, -1)).rollout?.state], ['1.0.0', 'waits']);
    assert.equal((await at(1, 0)).release, '1.1.0');
    assert.equal((await at(2, -4 * hourMs - 1)).release, '1.0.0');
    assert.equal((await at(2, -4 * hourMs)).release, '1.1.0');
  });

  test('two that know nothing of each other leave the app as it runs; one that supersedes the other goes on from it', async () => {
    const other = (more: string) =>
      rollout(
        `from: ["1.0.0", "1.1.0"]\nto: "1.2.0"\n${stages}stage: 0\nsince: "2026-11-28T12:00:00Z"\n${more}`,
      );
    const both = await web({ [path]: step(1), 'rollouts/web/r2.yaml': other('') });
    assert.deepEqual([both.release, both.conflict], ['1.0.0', ['r1', 'r2']]);
    const line = await web({ [path]: step(1), 'rollouts/web/r2.yaml': other('supersedes: r1\n') });
    assert.deepEqual([line.release, line.next, line.conflict], ['1.1.0', '1.2.0', undefined]);
    assert.equal(line.rollout?.rollout, 'r2');
  });
});
