import assert from 'node:assert/strict';
import { test } from 'node:test';
import { desiredState } from '../../../core/desired/desired-state.ts';
import { exampleFleet, repositoryOf, shown } from '../fleet/example-fleet.ts';

const folder = 'apps/web/releases/1.0.0';
const app = String(exampleFleet[`${folder}/app.yaml`] ?? 'apiVersion: towline/v1\n');
const compose = String(exampleFleet[`${folder}/compose.yaml`]).replace(
  '    configs:\n',
  '    volumes:\n      - "db:/db"\n      - "lent:/lent"\n    configs:\n',
);
const volumes = 'volumes:\n  db:\n  unused:\n  lent: { external: true }\n';

async function desired(
  backup: string,
  change: { readonly release?: string; readonly compose?: string } = {},
) {
  const release = String(exampleFleet[`${folder}/release.yaml`]) + (change.release ?? '');
  const { reader, commit } = repositoryOf({
    ...exampleFleet,
    [`${folder}/app.yaml`]: app + backup,
    [`${folder}/release.yaml`]: release,
    [`${folder}/compose.yaml`]: change.compose ?? `${compose}${volumes}`,
  });
  return desiredState({ reader, commit, device: 'pump-1' });
}

/** Code, and what follows the place. */
async function words(...asked: Parameters<typeof desired>): Promise<string[]> {
  const { state, problems } = await desired(...asked);
  const own = problems.filter(({ code }) => /BACKUP|CRON|SCHEMA/.test(code));
  assert.equal(state === undefined, own.length > 0, shown(problems).join('\n'));
  for (const { position } of own) assert.ok(position.line !== undefined && position.line > 0);
  return own.map(({ code, message }) => `${code} ${message}`);
}

test('a backup of volumes that the app makes itself is part of the desired state, and changes no digest', async () => {
  const plain = await desired('');
  const kept = await desired('backup: { volumes: all, keep: { number: 2, age: 7d, bytes: 1GiB } }\n');
  const [before, after] = [plain, kept].map(({ state }) => state?.projects.find(one => one.app === 'web'));
  assert.deepEqual(after?.backup?.volumes, ['db', 'unused']);
  assert.deepEqual(after?.backup?.keep, { number: 2, ageMs: 7 * 86_400_000, bytes: 1024 ** 3 });
  assert.equal(before?.digest, after?.digest);
});

test('a volume that is unknown, external, or a mounted folder is refused where it stands', async () => {
  const { problems } = await desired('backup:\n  volumes:\n    - bd\n    - lent\n    - /srv/web\n');
  const line = app.split('\n').length + 2;
  assert.deepEqual(shown(problems), [
    `${folder}/app.yaml:${line}:7 FLEET_BACKUP_VOLUME the Compose files declare no volume "bd"; did you mean "db"?`,
    `${folder}/app.yaml:${line + 1}:7 FLEET_BACKUP_VOLUME volume "lent" is external: whoever makes it keeps it`,
    `${folder}/app.yaml:${line + 2}:7 FLEET_BACKUP_VOLUME "/srv/web" is a path: folders that are mounted are no volumes, and are not backed up`,
  ]);
});

test('`all` of an app that has no volume is refused: nobody would know that nothing is kept', async () => {
  const lent = `${compose.replace('      - "db:/db"\n', '')}volumes:\n  lent: { external: true }\n`;
  const [first, ...more] = await words('backup: { volumes: all }\n', { compose: lent });
  assert.match(first ?? '', /^FLEET_BACKUP_VOLUME .*`all` is none/);
  assert.deepEqual(more, []);
});

test('a command in a service that does not run, after a stop, or missing for mode hook, is refused', async () => {
  const found = await words(
    'backup: { volumes: [db], pre: { service: wbe, command: [x] }, post: { service: web, command: [x] } }\n',
  );
  assert.match(found[0] ?? '', /^FLEET_BACKUP_HOOK no service "wbe" runs; did you mean/);
  assert.match(found[1] ?? '', /^FLEET_BACKUP_HOOK `post` has no container to run in/);
  assert.equal(found.length, 2);
  assert.match(String(await words('backup: { volumes: [db], mode: hook }\n')), /there is no `pre`/);
});

test('a schedule that is missing, of no use, wrong, or never comes is refused', async () => {
  const cases: [string, RegExp][] = [
    ['before: both', /^FLEET_BACKUP_SCHEDULE `before: both` has no `schedule`$/],
    ['schedule: "0 3 * * *"', /^FLEET_BACKUP_SCHEDULE nothing is made by `schedule`/],
    ['before: schedule, schedule: "0 25 * * *"', /^FLEET_CRON the hour "25"/],
    ['before: schedule, schedule: "0 0 30 2 *"', /^FLEET_BACKUP_SCHEDULE "0 0 30 2 \*" never comes$/],
    ['timeout: 99999999999d', /^FLEET_SCHEMA .* is too long/],
    ['keep: { bytes: 9999999999999GiB }', /^FLEET_SCHEMA .* is too large/],
  ];
  for (const [more, expected] of cases) {
    const found = await words(`backup: { volumes: [db], ${more} }\n`);
    assert.equal(found.length, 1, more);
    assert.match(found[0] ?? '', expected);
  }
  assert.deepEqual(await words('backup: { volumes: [db], before: both, schedule: "0 3 * * *" }\n'), []);
});

test('a release after which nobody can go back demands a backup that is put back', async () => {
  const release = 'migration: one-way\n';
  const found = await words('backup: { volumes: [db], required: false }\n', { release });
  assert.deepEqual(found.map(word => /^FLEET_BACKUP_ONE_WAY .*: (.*)$/.exec(word)?.[1]).sort(), [
    '`onRollback` must be restore',
    'the backup must be `required`',
  ]);
  const [none] = await words('', { release });
  assert.match(none ?? '', /^FLEET_BACKUP_ONE_WAY the app keeps data \(volume "db"\) and has no `backup`/);
  assert.deepEqual(await words('backup: { volumes: [db], onRollback: restore }\n', { release }), []);
});

test('a volume that no service uses is said and refuses nothing', async () => {
  const { state, warnings } = await desired('backup: { volumes: [db, unused] }\n');
  assert.ok(state !== undefined);
  assert.match(
    String(shown(warnings.filter(({ code }) => code === 'FLEET_BACKUP_UNUSED'))),
    /app\.yaml:\d+:\d+ FLEET_BACKUP_UNUSED no service that runs uses volume "unused"/,
  );
});
