import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { loadFleet } from '../../../core/fleet/load.ts';
import { ObjectReader } from '../../../core/trust/git/object-reader.ts';
import { keptKeys } from '../../../lab/mirror/kept-settings.ts';
import { lookAtFleet } from '../../../lab/mirror/mirror.ts';
import { foldDevices, spreadDevices } from '../../../lab/mirror/stand-ins.ts';
import { PortalFleet } from '../../../lab/rig/portal-fleet.ts';

const { signal } = new AbortController();

/** Keys that a mirror leaves out, or makes anew: each was thought of. */
const left: Readonly<Record<keyof typeof keptKeys, readonly string[]>> = {
  fleet: [
    ...[
      'name',
      'gateways',
      'tunnel',
      'tunnels',
      'access',
      'audit',
      'freshness',
      'windows',
      'engine',
      'images',
    ],
    ...['registryCredentials', 'backupStores', 'support', 'agent'],
  ],
  group: [
    ...[
      'description',
      'windows',
      'tunnel',
      'access',
      'engine',
      'images',
      'registryCredentials',
      'backupStores',
    ],
    'agent',
  ],
  device: [
    ...['description', 'keys', 'hostKeys', 'enrolment', 'revoked', 'retired', 'windows', 'tunnel', 'access'],
    ...['engine', 'images', 'registryCredentials', 'backupStores', 'restore', 'agent'],
  ],
  app: ['description', 'backup', 'egress'],
  release: ['notes', 'requires', 'images'],
  rollout: ['stages', 'salt', 'reason', 'agent'],
};

describe('folding devices by their plans', () => {
  it('decides over every key of every file that production can have', () => {
    for (const [kind, kept] of Object.entries(keptKeys)) {
      const file = new URL(`../../../schemas/${kind}.schema.json`, import.meta.url);
      const { properties } = JSON.parse(readFileSync(file, 'utf8'));
      const thought = new Set<string>([
        ...kept,
        ...(Object.entries(left).find(([name]) => name === kind)?.[1] ?? []),
      ]);
      const forgotten = Object.keys(properties).filter(key => !thought.has(key));
      assert.deepEqual(forgotten, [], `${kind}.yaml: does the lab keep this key?`);
    }
  });

  const before = new Map([
    ['a', '1'],
    ['b', '1'],
    ['c', '1'],
  ]);
  const after = new Map([
    ['a', '2'],
    ['b', '2'],
    ['c', '3'],
    ['d', '4'],
  ]);

  it('keeps those apart that are alike before a change and not after it', () => {
    assert.deepEqual(foldDevices([before]), [{ device: 'a', standsFor: ['a', 'b', 'c'] }]);
    assert.deepEqual(foldDevices([before, after]), [
      { device: 'a', standsFor: ['a', 'b'] },
      { device: 'c', standsFor: ['c'] },
      { device: 'd', standsFor: ['d'] },
    ]);
  });

  it('leaves a lab its devices, each for its kind, and says which kinds it has none of', () => {
    assert.deepEqual(spreadDevices([before, after], ['b', 'gone']), {
      standIns: [
        { device: 'b', standsFor: ['b', 'a'] },
        { device: 'gone', standsFor: [] },
      ],
      untried: [
        { device: 'c', standsFor: ['c'] },
        { device: 'd', standsFor: ['d'] },
      ],
    });
  });

  it('folds 500 devices, half of which have a variable of their own, as fast as the fleet is read a few times', async () => {
    const fleet = await PortalFleet.make({ size: 500, ownKeys: false });
    const changes = fleet.ids
      .filter((_, at) => at % 2 === 0)
      .map(id => {
        const text = fleet.files.get(fleet.pathOf(id)) ?? '';
        return [
          fleet.pathOf(id),
          `${text}variables: { NAME: "${id}.example", PORT: ${8000 + Number(id.slice(-3))} }\n`,
        ];
      });
    const commit = await fleet.commit(Object.fromEntries(changes));
    const at = { files: new ObjectReader(fleet.main), commit };
    const startMs = performance.now();
    await loadFleet(new ObjectReader(fleet.main), commit);
    const readMs = performance.now() - startMs;
    const mirror = await lookAtFleet({ at, engine: false }, signal);
    const tookMs = performance.now() - startMs - readMs;
    assert.deepEqual(mirror.problems, []);
    assert.equal(mirror.devices, 500);
    // No Compose file uses those variables.
    assert.equal(mirror.standIns.length, 1);
    assert.equal(mirror.standIns[0]?.standsFor.length, 500);
    assert.ok(tookMs < 20 * readMs + 500, `${tookMs} ms, beside ${readMs} ms for reading`);
  });
});
