/** The release that comes next: read as the one that runs, and never in its way. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkFleet } from '../../../core/check/check-fleet.ts';
import { desiredState } from '../../../core/desired/desired-state.ts';
import { loadFleet } from '../../../core/fleet/load.ts';
import { assignedImages, assignedImagesAt } from '../../../core/rollout/assigned-images.ts';
import { type Policy, parsePolicy } from '../../../core/trust/policy/policy.ts';
import { requirementsOf } from '../../../core/trust/policy/requirement.ts';
import { digest, exampleFleet, repositoryOf, shown, type Texts } from '../fleet/example-fleet.ts';

const old = 'apps/web/releases/1.0.0';
const coming = 'apps/web/releases/1.1.0';
const inOld = (path: string) => String(exampleFleet[`${old}/${path}`]);
const renewed = (text: string) =>
  text.replaceAll('1.0.0', '1.1.0').replace(digest('a'), digest('b')).replace('a = 1', 'a = 2');

/** The example with a release 1.1.0 that pins another image. */
const withRelease: Texts = {
  ...exampleFleet,
  [`${coming}/compose.yaml`]: renewed(inOld('compose.yaml')),
  [`${coming}/release.yaml`]: renewed(inOld('release.yaml')),
  [`${coming}/settings.conf`]: renewed(inOld('settings.conf')),
};
const group = (line: string) =>
  String(exampleFleet['groups/eu.yaml']).replace('    release: "1.0.0"\n', `    release: "1.0.0"\n${line}`);
const staged: Texts = { ...withRelease, 'groups/eu.yaml': group('    next: "1.1.0"\n') };

const compute = (changes: Texts, device = 'pump-1') => {
  const { reader, commit } = repositoryOf({ ...staged, ...changes });
  return desiredState({ reader, commit, device });
};
const check = (changes: Texts) => {
  const { reader, commit } = repositoryOf({ ...staged, ...changes });
  return checkFleet({ files: reader, commit, date: new Date() });
};

describe('next beside release', () => {
  test('has its images pinned for this device, and no files; what runs is the same to the byte', async () => {
    const before = await compute({ 'groups/eu.yaml': exampleFleet['groups/eu.yaml'] });
    const { state, problems, warnings } = await compute({});
    assert.deepEqual([shown(problems), shown(warnings)], [[], []]);
    assert.equal(state?.projects[0]?.digest, before.state?.projects[0]?.digest);
    assert.equal(before.state?.next, undefined);
    const [next, ...others] = state?.next ?? [];
    assert.deepEqual(others, []);
    assert.deepEqual([next?.app, next?.project, next?.release], ['web', 'web', '1.1.0']);
    assert.equal(next?.would?.model.services.web?.image, `registry.example.com/web@${digest('b')}`);
    assert.deepEqual([next?.would?.files.size, next?.would?.secrets], [0, undefined]);
    assert.deepEqual(next?.problems, []);
  });

  test('is merged as release is: the narrowest file counts, and is said', async () => {
    const device = 'apiVersion: towline/v1\ngroups: [eu]\napps: { web: { next: "1.1.0" } }\n';
    const { state } = await compute({
      'groups/eu.yaml': group('    next: "1.0.0"\n'),
      'devices/berlin/pump-1.yaml': device,
    });
    assert.equal(state?.next?.[0]?.release, '1.1.0');
    assert.equal(state?.provenance.get('/apps/web/next'), 'devices/berlin/pump-1.yaml');
  });

  test('says nothing where the device has that release already', async () => {
    const device = 'apiVersion: towline/v1\ngroups: [eu]\napps: { web: { release: "1.1.0" } }\n';
    const { state } = await compute({ 'devices/berlin/pump-1.yaml': device });
    assert.equal(state?.projects[0]?.release, '1.1.0');
    assert.equal(state?.next, undefined);
  });

  test('that cannot be read is its own problem: what runs is applied, validate refuses it', async () => {
    const broken = {
      [`${coming}/compose.yaml`]: 'services: { web: { image: "registry.example.com/x:1" } }\n',
    };
    const { state, problems } = await compute(broken);
    assert.deepEqual(shown(problems), []);
    assert.equal(state?.projects[0]?.release, '1.0.0');
    assert.equal(state?.next?.[0]?.would, undefined);
    assert.deepEqual(
      state?.next?.[0]?.problems.map(({ code }) => code),
      ['FLEET_RELEASE_IMAGE_CHANGED'],
    );
    const refused = await check(broken);
    assert.deepEqual(
      refused.problems.map(({ code }) => code),
      ['FLEET_RELEASE_IMAGE_CHANGED'],
    );
    assert.deepEqual((await check({})).problems, []);
  });

  test('that is no release of the app is refused where it stands, and disturbs no device', async () => {
    const unknown = { 'groups/eu.yaml': group('    next: "1.2.0"\n') };
    const said = ['groups/eu.yaml:6:11 FLEET_RELEASE_UNKNOWN app "web" has no release "1.2.0"'];
    assert.deepEqual(
      shown((await check(unknown)).problems),
      said.map(line => `${line}; did you mean "1.0.0"?`),
    );
    const { state, problems } = await compute(unknown);
    assert.deepEqual(shown(problems), []);
    assert.equal(state?.projects[0]?.release, '1.0.0');
    assert.deepEqual(shown(state?.next?.[0]?.problems ?? []).slice(0, 1), said);
  });

  test('that is withdrawn is not downloaded; a warning says so where it is assigned', async () => {
    const withdrawn = {
      [`${coming}/release.yaml`]: String(staged[`${coming}/release.yaml`]).replace(
        'images:',
        'withdrawn: leaks\nimages:',
      ),
    };
    const said = [
      'groups/eu.yaml:6:11 FLEET_RELEASE_WITHDRAWN release 1.1.0 of app "web" is withdrawn: leaks',
    ];
    const { state, problems, warnings } = await compute(withdrawn);
    assert.deepEqual([shown(problems), shown(warnings)], [[], said]);
    assert.equal(state?.next?.[0]?.would, undefined);
    assert.deepEqual(shown(state?.next?.[0]?.problems ?? []), said);
    const checked = await check(withdrawn);
    assert.deepEqual([shown(checked.problems), shown(checked.warnings)], [[], said]);
  });

  test('pins images for the gateway as release does, by the loaded fleet and at any commit', async () => {
    const { reader, commit } = repositoryOf(staged);
    const { fleet } = await loadFleet(reader, commit);
    assert.ok(fleet);
    const both = [digest('a'), digest('b')];
    assert.deepEqual(
      assignedImages(fleet, 'pump-1').map(image => image.digest),
      both,
    );
    const at = await assignedImagesAt({ reader, commit, id: 'pump-1' });
    assert.deepEqual(
      at.map(image => image.digest),
      both,
    );
  });
});

describe('settings of downloads', () => {
  test('the spread is an hour unless a file says otherwise; windows keep their kind', async () => {
    assert.equal((await compute({})).state?.settings.downloadJitterMs, 3_600_000);
    const device = [
      'apiVersion: towline/v1',
      'groups: [eu]',
      'images: { jitter: 90s }',
      'windows:',
      '  - { start: "0 2 * * *", duration: 1h, timeZone: UTC, kind: download }',
      '  - { start: "0 4 * * *", duration: 1h, timeZone: UTC, kind: update }',
      '  - { start: "0 5 * * *", duration: 1h, timeZone: UTC }',
      '',
    ].join('\n');
    const { settings } = (await compute({ 'devices/berlin/pump-1.yaml': device })).state ?? {};
    assert.equal(settings?.downloadJitterMs, 90_000);
    assert.deepEqual(
      settings?.windows.map(({ kind, start }) => [kind, start]),
      [
        ['download', '0 2 * * *'],
        [undefined, '0 4 * * *'],
        [undefined, '0 5 * * *'],
      ],
    );
  });
});

describe('a rule of the policy for what comes next', () => {
  const fleetWith = (lines: string) => String(staged['groups/eu.yaml']).replace('    next: "1.1.0"\n', lines);
  const key = `ssh-ed25519 ${Buffer.concat([
    Buffer.from([0, 0, 0, 11]),
    Buffer.from('ssh-ed25519'),
    Buffer.from([0, 0, 0, 32, ...Array.from({ length: 32 }, () => 7)]),
  ]).toString('base64')}`;
  const policy = parsePolicy(
    Buffer.from(
      [
        'apiVersion: towline/v1',
        'fleet: acme',
        'version: 1',
        `principals: { alice: { ssh: ["${key}"] } }`,
        'roles: { root: { principals: [alice] }, stagers: { principals: [alice] }, deploy: { principals: [alice] } }',
        'rules:',
        '  - paths: ["groups/**"]',
        '    only: [/apps/web/next]',
        '    roles: [stagers]',
        '  - { paths: ["groups/**"], roles: [deploy] }',
        '',
      ].join('\n'),
    ),
  );

  /** Who is asked for a change of the group's file. */
  async function asked(after: string): Promise<string[]> {
    const { reader, idOf } = repositoryOf({ ...staged, 'groups/after.yaml': after });
    const [oldId, newId] = [idOf('groups/eu.yaml'), idOf('groups/after.yaml')];
    const change = { path: 'groups/eu.yaml', oldMode: '100644', newMode: '100644', oldId, newId } as const;
    const found = await requirementsOf(reader, change, { ...policy, keys: new Map() } as unknown as Policy);
    return found.map(({ pointer = '', roles: [first] }) => `${pointer} ${first?.name}`);
  }

  test('gives its people the download, and not the switch', async () => {
    assert.deepEqual(await asked(fleetWith('    next: "1.0.0"\n')), ['/apps/web/next stagers']);
    assert.deepEqual(await asked(fleetWith('')), ['/apps/web/next stagers']);
    const switched = fleetWith('').replace('release: "1.0.0"', 'release: "1.1.0"');
    assert.ok((await asked(switched)).includes('/apps/web/release deploy'));
    assert.deepEqual(await asked(`${fleetWith('    next: "1.1.0"\n')}images: { jitter: 0s }\n`), [
      '/images deploy',
    ]);
  });
});
