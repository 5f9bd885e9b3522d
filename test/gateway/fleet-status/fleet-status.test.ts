import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { code } from '../../../core/shown-markdown.ts';
import { statusPage } from '../../../gateway/fleet-status/status-page.ts';
import { runGit, testDevice } from '../rig/gateway.ts';
import { StatusRig, statusFile } from './rig.ts';

const [one, two, three] = [testDevice('pump-1'), testDevice('pump-2'), testDevice('pump-3')] as const;

test('one page shows what every device said, and those never seen; a commit only when something changed', async () => {
  await using rig = await StatusRig.start([one, two, three]);
  await rig.say(one, statusFile('pump-1'));
  await rig.say(
    two,
    statusFile('pump-2', {
      outcome: 'rolled-back',
      tunnel: { state: 'open', until: '2026-07-01T09:00:00.000Z' },
      stopped: { code: 'TRUST_UNSIGNED', message: 'm' },
      conditions: [
        { type: 'Ready', status: false, reason: 'rolled-back', message: 'see the projects below' },
      ],
      projects: [
        {
          ...{ app: 'web', project: 'web', release: '2.0', state: 'rolled-back', services: [] },
          ...{ since: '2026-06-01T08:15:00Z', wanted: { release: '3.0', digest: 'd' }, setAside: 'd' },
          ...{ message: 'ENGINE_NOT_HEALTHY: the password is canary', lastWords: 'stack of the app' },
        },
      ],
    }),
  );
  assert.equal(await rig.run(), true);
  assert.match(rig.page(), /^3 devices: 1 never seen, 1 rolled-back, 1 unchanged\./m);
  assert.equal(
    rig.row('pump-1'),
    '| `pump-1` | ✅ unchanged | `c0ffee000000` |  | `web 1.2` |  | 2026-07-01T08:15:00Z |  |  |',
  );
  assert.equal(
    rig.row('pump-2'),
    '| `pump-2` | ❌ rolled-back | `c0ffee000000` | `web 3.0` | `web 2.0` (rolled-back) | 2026-06-01T08:15:00Z | 2026-07-01T08:15:00Z | open until 2026-07-01T09:00:00Z | `TRUST_UNSIGNED`, `web 3.0` failed: `ENGINE_NOT_HEALTHY` |',
  );
  assert.match(rig.row('pump-3'), /never seen/);
  // What apps say may be secret.
  assert.ok(!rig.page().includes('canary'));
  const shown = rig.show('status/pump-2.yaml') ?? '';
  assert.match(shown, /outcome: rolled-back/);
  assert.doesNotMatch(shown, /lastWords|stack of the app/);
  // What a person should look at comes first.
  assert.ok(rig.page().indexOf('pump-2') < rig.page().indexOf('pump-1'));
  assert.deepEqual(parse(rig.show('status/pump-1.yaml') ?? ''), statusFile('pump-1'));
  assert.equal(rig.show('status/pump-3.yaml'), undefined);

  assert.equal(await rig.run(), false);
  // Also after a restart.
  rig.fold = rig.makeFold();
  assert.equal(await rig.run(), false);
  assert.equal(rig.count(), 1);
  assert.equal(runGit(['fsck', '--strict'], { cwd: rig.folder }).status, 0);
});

test('where main is not trusted the page says so above the table, in no words of the commit', () => {
  const fleet = { fleet: 'f', commit: 'a'.repeat(40), rows: [] };
  const stop = { code: 'TRUST_UNSIGNED' as const, commit: 'b'.repeat(40), message: 'secret words' };
  const page = statusPage({ ...fleet, stopped: stop, nowMs: 0 });
  assert.match(page, /\*\*main is not trusted\*\*: `TRUST_UNSIGNED` at `b{40}`/);
  assert.doesNotMatch(page, /secret words/);
  assert.doesNotMatch(statusPage({ ...fleet, stopped: undefined, nowMs: 0 }), /not trusted/);
});

test('many pushes are one commit, and only what moved is read again', async () => {
  await using rig = await StatusRig.start([one, two]);
  await rig.say(one, statusFile('pump-1'));
  await rig.say(two, statusFile('pump-2'));
  await rig.run();
  for (const release of ['1.3', '1.4', '1.5']) {
    await rig.say(
      one,
      statusFile('pump-1', {
        projects: [{ app: 'web', project: 'web', release, state: 'healthy', services: [] }],
      }),
    );
  }
  assert.equal(await rig.run(), true);
  assert.equal(rig.count(), 2);
  assert.equal(rig.fold.counts.read, 3);
  assert.match(rig.row('pump-1'), /`web 1\.5`/);
});

test('a device that leaves the fleet leaves the page, and its status goes', async () => {
  await using rig = await StatusRig.start([one, two]);
  await rig.say(one, statusFile('pump-1'));
  await rig.say(two, statusFile('pump-2'));
  await rig.run();
  rig.see([two], '2'.repeat(40));
  await rig.run();
  assert.equal(rig.row('pump-1'), '');
  assert.equal(rig.show('status/pump-1.yaml'), undefined);
  assert.notEqual(rig.show('status/pump-2.yaml'), undefined);
});

test('what is unsigned, signed by another device, unreadable or of another device is shown as that, and nothing of it', async () => {
  await using rig = await StatusRig.start([one, two]);
  const secret = { outcome: 'applied', stopped: { code: 'LIE', message: 'x' } } as const;
  const cases: [string, () => Promise<void>][] = [
    ['unsigned', () => rig.say(one, statusFile('pump-1', secret), null)],
    ['forged', () => rig.say(one, statusFile('pump-1', secret), two)],
    ['forged', () => rig.say(one, statusFile('pump-1', secret), testDevice('pump-1'))],
    ['of another device', () => rig.say(one, statusFile('pump-2', secret))],
    ['of another device', () => rig.say(one, statusFile('pump-1', { ...secret, fleet: 'other' }))],
    ['unreadable', () => rig.say(one, 'a: [')],
    ['unreadable', () => rig.say(one, `${'x'.repeat(300_000)}`)],
    ['unreadable', () => rig.say(one, 'apiVersion: towline/v1\nLIE: 1\n')],
  ];
  for (const [doubt, say] of cases) {
    await say();
    await rig.run();
    assert.equal(rig.row('pump-1'), `| \`pump-1\` | ⛔ not shown: ${doubt} | | | | | | | |`);
    assert.ok(!rig.page().includes('LIE'));
    assert.equal(rig.show('status/pump-1.yaml'), undefined);
  }
  await rig.say(one, statusFile('pump-1'));
  await rig.run();
  assert.match(rig.row('pump-1'), /unchanged/);
});

test('a key that the fleet replaced vouches no longer', async () => {
  await using rig = await StatusRig.start([one]);
  await rig.say(one, statusFile('pump-1'));
  await rig.run();
  rig.see([testDevice('pump-1')]);
  await rig.run();
  assert.match(rig.row('pump-1'), /forged/);
});

test('text of a device is no markup: no link, no image, no tag, no mention, no further row', async () => {
  await using rig = await StatusRig.start([one]);
  const attack = [
    '![x](https://evil.example/x.png)',
    '<img src=x onerror=alert(1)>',
    '[click](javascript:alert(1))',
    'https://evil.example www.evil.example a@evil.example',
    '@everyone #1 !2 $x$ `x` **b** ~~s~~ :bomb:',
    '| a | b |\n| `pump-9` | ✅ unchanged |',
    '&lt;b&gt; &#60;b&#62; \\| \u202egnp.exe\u202c \u200bhidden\u0000',
    '--> <script>alert(1)</script>',
  ].join(' ');
  const parts = [...attack.matchAll(/.{1,60}/gsu)].map(([part]) => part);
  for (const part of parts) {
    await rig.say(one, statusFile('pump-1', { stopped: { code: part, message: attack } }));
    await rig.run();
    const row = rig.row('pump-1');
    assert.match(row, /unchanged/);
    // Whatever stands outside of code spans is our own.
    const outside = row.replaceAll(/`[^`|\\]*`/g, 'X');
    assert.match(outside, /^\| X \| ✅ unchanged \| X \| {2}\| X \| {2}\| [\dTZ:-]+ \| {2}\| X? ?\|$/u);
    assert.ok(!['\u202e', '\u200b', '\0'].some(hidden => row.includes(hidden)));
    assert.equal(rig.row('pump-9'), '');
    assert.equal(
      rig
        .page()
        .split('\n')
        .filter(line => line.startsWith('|')).length,
      3,
    );
  }
  assert.match(code(`<b>${attack}`, 12), /^`<b>!\[x\]\(….{3}`$/u);
  assert.equal(code('é ✅ 日本 `|\\'), "`é ✅ 日本 '¦⧵`");
  assert.equal(code(' \u200b\n'), '');
});

test('history begins anew now and then: the branch never holds more commits than it may', async () => {
  await using rig = await StatusRig.start([one]);
  rig.fold = rig.makeFold(3);
  for (let count = 1; count <= 5; count += 1) {
    await rig.say(one, statusFile('pump-1', { time: `2026-07-01T08:15:0${count}Z` }));
    assert.equal(await rig.run(), true);
    assert.equal(rig.count(), count <= 3 ? count : count - 3);
    assert.match(rig.row('pump-1'), new RegExp(`08:15:0${count}Z`));
  }
});

test('a branch that somebody else moved is put right', async () => {
  await using rig = await StatusRig.start([one]);
  await rig.say(one, statusFile('pump-1'));
  await rig.run();
  runGit(['update-ref', '-d', 'refs/heads/fleet-status'], { cwd: rig.folder });
  assert.equal(await rig.run(), true);
  assert.match(rig.row('pump-1'), /unchanged/);
});

test('a clone of the telemetry repository shows the page, also of one that an older version made (HEAD: main)', async t => {
  await using rig = await StatusRig.start([one]);
  const folder = await mkdtemp(path.join(tmpdir(), 'towline-clone-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  // Nobody has said anything yet.
  assert.equal(runGit(['clone', '-q', rig.folder, 'early'], { cwd: folder }).status, 0);
  await rig.say(one, statusFile('pump-1'));
  await rig.run();
  const { status, stderr } = runGit(['clone', '-q', rig.folder, 'clone'], { cwd: folder });
  assert.deepEqual([status, stderr.toString()], [0, '']);
  assert.equal(await readFile(path.join(folder, 'clone/README.md'), 'utf8'), `${rig.page()}\n`);
  // Who cloned before the first status gets it by a pull.
  assert.equal(runGit(['pull', '-q'], { cwd: path.join(folder, 'early') }).status, 0);
  assert.equal(await readFile(path.join(folder, 'early/README.md'), 'utf8'), `${rig.page()}\n`);
});
