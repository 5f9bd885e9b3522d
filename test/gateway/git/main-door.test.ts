/** main of fleet.git keeps what devices follow among its first parents, whoever pushes. */

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { printable } from '../../../core/shown-text.ts';
import { ObjectReader } from '../../../core/trust/git/object-reader.ts';
import { openAnchor } from '../../../core/trust/walk.ts';
import { assertMayBeMain } from '../../../gateway/git/main-door.ts';
import { type MainDoor, writeMainDoorHook } from '../../../gateway/git/main-door-hook.ts';
import { refusalLines, verdictOf } from '../../../gateway/git/push-verdict.ts';
import { commandFolder, entries } from '../../../lab/machine/programs.ts';
import { type FleetRepository, makeFleetRepository } from '../../../lab/rig/fleet-repository.ts';
import { makeSshKey } from '../../../lab/rig/keys.ts';
import { MemoryKey, MemoryRepository } from '../../../lab/rig/memory-repository.ts';
import { command, GatewayProgram, TestFleet } from '../rig/program.ts';

test('a merge by git pull is refused before main moves, with a remedy; git pull --rebase, trust mend and a mend past a bad commit are taken', async () => {
  await using fleet = await TestFleet.make([]);
  await fleet.init();
  await using gateway = await GatewayProgram.start(fleet.config);
  const { repository, operator } = fleet;
  const work = join(fleet.folder, 'work');
  const environment = {
    ...fleet.ssh(),
    PATH: `${commandFolder}:${process.env.PATH}`,
    GIT_CONFIG_COUNT: '4',
    ...Object.fromEntries(
      [
        'gpg.format=ssh',
        `user.signingkey=${operator.file}`,
        'commit.gpgsign=true',
        'core.editor=true',
      ].flatMap((setting, index) => {
        const [key = '', value = ''] = setting.split('=');
        return [
          [`GIT_CONFIG_KEY_${index}`, key],
          [`GIT_CONFIG_VALUE_${index}`, value],
        ];
      }),
    ),
  };
  const types = (line: string) => command('sh', ['-c', line], { cwd: work, env: environment });
  const does = async (line: string): Promise<string> => {
    const { code, stdout, stderr } = await types(line);
    assert.equal(code, 0, `${line}\n${stdout}${stderr}`);
    return stdout.trim();
  };
  const url = `ssh://towline@127.0.0.1:${gateway.people}/fleet.git`;
  const cloned = await command('git', ['clone', '-q', url, work], { env: fleet.ssh() });
  assert.equal(cloned.code, 0, cloned.stderr);
  await does(`towline trust hooks --anchor ${fleet.anchor}`);
  const served = (): Promise<string> => does('git ls-remote -q origin refs/heads/main | cut -f1');
  const other = async (file: string): Promise<string> => {
    const commit = await repository.commit({ signer: operator, files: { [file]: file } });
    assert.equal((await fleet.push(gateway)).code, 0);
    return commit;
  };

  const first = await other('notes-a');
  await does('echo own > own && git add own && git commit -qm Own');
  await does('git pull -q --no-rebase --no-edit');
  const refused = await types('git push -q origin main');
  assert.notEqual(refused.code, 0);
  assert.match(refused.stderr, /GATEWAY_MAIN_REFUSED/);
  assert.match(refused.stderr, new RegExp(`do not lead to ${first}`));
  assert.match(refused.stderr, /git pull --rebase.*towline trust mend --tree HEAD/s);
  assert.equal(await served(), first);
  const audited = fleet.audited().filter(line => line.outcome === 'refused');
  assert.deepEqual(
    audited.map(({ who, action, code }) => [who, action, code]),
    [['alice', 'git receive-pack fleet refs/heads/main', 'GATEWAY_MAIN_REFUSED']],
  );

  await does('towline trust mend --tree HEAD');
  const pushes = async (): Promise<string> =>
    (await types('git -c core.hooksPath=/dev/null push -q origin main')).stderr;
  const mended = await does('git rev-parse main');
  assert.match(
    await pushes(),
    new RegExp(`^remote: trusted ${mended} \\(1 commit, vouched by alice\\) *\n$`),
  );
  assert.equal(await served(), mended);
  assert.equal(await does('git rev-parse main^1'), first);
  assert.equal(await does('cat own notes-a'), 'own\nnotes-a');

  await repository.git(['fetch', '-q', work, 'main:main']);
  const second = await other('notes-b');
  await does('echo more > own && git commit -qam More');
  await does('git pull -q --rebase');
  await does('git push -q origin main');
  assert.equal(await does('git rev-parse main^1'), second);

  // Whoever signed what is not asked here: a mend gets past it.
  await does('echo evil > own && git -c core.hooksPath=/dev/null commit -q --no-gpg-sign -am Evil');
  const [good, bad] = [await does('git rev-parse main^'), await does('git rev-parse main')];
  assert.match(
    await pushes(),
    new RegExp(
      `^remote: TRUST_UNSIGNED .*: devices will stop at ${bad} and stay on ${good}; towline trust mend *\n`,
    ),
  );
  await gateway.line('main is not trusted');
  await does('git -c core.hooksPath=/dev/null commit -q --no-gpg-sign --allow-empty -m More');
  assert.match(await pushes(), new RegExp(`devices still stop at ${bad} and stay on ${good}`));
  await does('towline trust mend');
  assert.match(await pushes(), new RegExp(`trusted .*; devices go on from ${good}\\) *\n$`));
  assert.equal(await served(), await does('git rev-parse main'));
});

/** The hook of a repository whose fleet's first commit is `anchor`, as receive-pack asks it. */
async function makeHook(repository: FleetRepository, door: Partial<MainDoor> & Pick<MainDoor, 'anchor'>) {
  const folder = join(repository.path, 'door');
  mkdirSync(folder);
  const own = [process.execPath, entries.gateway, '--main-door'];
  return async (from: string, to: string, program: readonly string[] = own) => {
    const trustedFile = join(repository.path, 'trusted');
    const whole = {
      fleetGit: repository.path,
      trustedFile,
      fleet: 'acme',
      untrusted: 'tell' as const,
      ...door,
    };
    await writeMainDoorHook(folder, program, whole);
    return await command(join(folder, 'update'), ['refs/heads/main', from, to]);
  };
}

test('where gateway.yaml says so what devices would not take is not taken; a mend and what else brings them on is', async () => {
  const signer = await makeSshKey();
  const { repository, anchor } = await makeFleetRepository({ signer });
  const asks = await makeHook(repository, { anchor, untrusted: 'refuse' });
  const unsigned = (file: string, parent: string) =>
    repository.commit({ files: { [file]: file }, parents: [parent] });
  const bad = await unsigned('a', anchor);
  const refused = await asks(anchor, bad);
  assert.equal(refused.code, 1);
  assert.match(
    refused.stderr,
    new RegExp(`^GATEWAY_PUSH_UNTRUSTED devices would stop at ${bad}: TRUST_UNSIGNED `),
  );
  // main is at a bad commit since before the setting.
  assert.equal((await asks(bad, await unsigned('b', bad))).code, 1);
  const mend = await repository.commit({ signer, files: { d: 'd' }, parents: [anchor, bad] });
  const mended = await asks(bad, mend);
  assert.equal(mended.code, 0);
  assert.match(mended.stderr, new RegExp(`^trusted ${mend} .*; devices go on from ${anchor}\\)\n$`));
  const on = await asks(bad, await unsigned('e', mend));
  assert.equal(on.code, 0, 'devices come on as far as the mend');
  assert.match(on.stderr, new RegExp(`devices will stop at .* and stay on ${mend}`));
  assert.equal((await asks(mend, await repository.head())).code, 1);
  await Promise.all([repository.remove(), signer.remove()]);
});

test('what is not judged in time or needs too much memory is refused, and told so without what Node says', async () => {
  const signer = await makeSshKey();
  const { repository, anchor } = await makeFleetRepository({ signer });
  const tip = await repository.commit({ files: { a: 'a' } });
  const asks = await makeHook(repository, { anchor, timeoutMs: 1 });
  const late = await asks(anchor, tip);
  assert.equal(late.code, 1);
  assert.match(
    late.stderr,
    /^GATEWAY_NOT_JUDGED not judged in time \(0.001 s\)\n.*Push fewer commits at once/,
  );
  const dead = await asks(anchor, tip, ['sh', '-c', 'echo half; echo FATAL ERROR: heap >&2; exit 134']);
  assert.equal(dead.code, 1);
  assert.match(dead.stderr, /^GATEWAY_NOT_JUDGED not judged: it needs more memory/);
  assert.doesNotMatch(dead.stderr, /half|FATAL/);
  const said = await asks(anchor, tip, ['printf', '%s', 'no \\033[2J escape', '']);
  assert.equal(said.code, 0);
  assert.match(said.stderr, /^no \\033\[2J escape/);
  await Promise.all([repository.remove(), signer.remove()]);
});

test('the verdict is short and printable whatever is in the commits', () => {
  const signal = '\u001b[2J\u202e';
  const evil = `${signal}${'x'.repeat(10_000)}`;
  const stopped = {
    code: 'TRUST_UNSIGNED' as const,
    ...{ commit: 'c'.repeat(40), path: evil, message: evil, vouched: [evil, evil], missing: [evil] },
  };
  const [tip, before] = ['a'.repeat(40), 'b'.repeat(40)];
  const judged = {
    tip,
    before,
    wasStopped: false,
    reached: before,
    stopped,
    commits: 0,
    vouched: new Set([evil]),
  };
  for (const lines of [
    verdictOf(judged).lines,
    refusalLines(judged),
    verdictOf({ ...judged, stopped: undefined }).lines,
  ]) {
    const text = lines.join('\n');
    assert.equal(text, lines.map(printable).join('\n'));
    assert.ok(text.length < 3_000, `${text.length}`);
  }
  assert.equal(verdictOf(judged).untrusted, true);
  assert.equal(verdictOf({ ...judged, wasStopped: true }).untrusted, true, 'they come no further');
  assert.equal(verdictOf({ ...judged, wasStopped: true, reached: tip }).untrusted, false);
});

test('what no mend could get past is refused, too; a mend past as much is not', async () => {
  const key = new MemoryKey();
  const repository = new MemoryRepository();
  const policy = [
    'apiVersion: towline/v1',
    'fleet: f',
    'version: 1',
    'walk: 2',
    'principals:',
    `  alice: { ssh: ["${key.publicKey}"] }`,
    'roles:',
    '  root: { principals: [alice] }',
    '',
  ].join('\n');
  const files = new Map([['trust/policy.yaml', policy]]);
  const signed = { files, message: 'x\n\nTowline-Ref: f/main\n', timeSec: 1_700_000_000, signer: key };
  const unsigned = { ...signed, signer: undefined };
  const anchor = repository.commit({ ...signed, parents: [] });
  const trusted = await openAnchor(new ObjectReader(repository), anchor);
  const signal = AbortSignal.timeout(60_000);
  const ask = (tip: string) =>
    assertMayBeMain({ source: repository, trusted, main: anchor, tip, keptSec: undefined, signal });
  const pile = (count: number, onto: string): string => {
    let tip = onto;
    for (let n = 0; n < count; n += 1)
      tip = repository.commit({ ...unsigned, message: `${n}`, parents: [tip] });
    return tip;
  };

  const most = pile(5_000, anchor);
  await ask(most);
  const tooMuch = repository.commit({ ...unsigned, parents: [most] });
  await assert.rejects(ask(tooMuch), { code: 'GATEWAY_MAIN_REFUSED', message: /no mend would get past it/ });
  await assert.rejects(ask(repository.commit({ ...unsigned, parents: [anchor, tooMuch] })), /no mend/);
  await ask(repository.commit({ ...signed, parents: [anchor, most] }));
  await ask(repository.commit({ ...signed, parents: [anchor, tooMuch] }));
});

test('main that moved a moment ago counts, although the walk of the gateway is behind', async () => {
  const { make, anchor, repository } = smallFleet();
  const trusted = await openAnchor(new ObjectReader(repository), anchor);
  const main = make('main', [anchor]);
  const own = make('own', [anchor]);
  const signal = AbortSignal.timeout(60_000);
  const question = { source: repository, trusted, main, keptSec: undefined, signal };
  const pulled = make('both', [own, main]);
  await assert.rejects(assertMayBeMain({ ...question, tip: pulled }), { code: 'GATEWAY_MAIN_REFUSED' });
  assert.equal(await assertMayBeMain({ ...question, tip: make('both', [main, own]) }), 'same');
});

test('other ids of what devices follow are followed; a merge by git pull is not, although devices could come over; a date that lies ahead of a kept clock is refused', async () => {
  const { make, anchor, repository } = smallFleet();
  const trusted = await openAnchor(new ObjectReader(repository), anchor);
  const main = make('main', [anchor]);
  const signal = AbortSignal.timeout(60_000);
  const question = { source: repository, trusted, main, keptSec: undefined, signal };
  const twin = make('main', [anchor], { message: 'Another id' });
  assert.equal(await assertMayBeMain({ ...question, tip: make('more', [twin]) }), 'twin');
  const pulled = make('more', [make('own', [anchor]), main]);
  await assert.rejects(assertMayBeMain({ ...question, tip: pulled }), { code: 'GATEWAY_MAIN_REFUSED' });
  const ahead = make('more', [main], { timeSec: time + 601 });
  const times: number[] = [];
  const onTime = (newestSec: number) => void times.push(newestSec);
  assert.equal(await assertMayBeMain({ ...question, tip: ahead, onTime }), 'same');
  assert.deepEqual(times, [time + 601], 'where nobody keeps a clock it is pointed out');
  assert.equal(await assertMayBeMain({ ...question, tip: ahead, keptSec: time + 1 }), 'same');
  await assert.rejects(assertMayBeMain({ ...question, tip: ahead, keptSec: time }), {
    code: 'TRUST_TIME_FUTURE',
  });
  assert.equal(
    await assertMayBeMain({ ...question, main: ahead, tip: make('on', [ahead]), keptSec: time }),
    'same',
  );
});

const time = 1_700_000_000;

/** alice alone is root of a fleet in memory; each commit has one file that differs. */
function smallFleet() {
  const key = new MemoryKey();
  const repository = new MemoryRepository();
  const lines = ['apiVersion: towline/v1', 'fleet: f', 'version: 1', 'principals:'];
  const policy = [
    ...lines,
    `  alice: { ssh: ["${key.publicKey}"] }`,
    'roles:',
    '  root: { principals: [alice] }',
    '',
  ];
  const make = (
    name: string,
    parents: readonly string[],
    { message = 'x', timeSec = time }: { message?: string; timeSec?: number } = {},
  ): string =>
    repository.commit({
      files: new Map([
        ['trust/policy.yaml', policy.join('\n')],
        ['name', name],
      ]),
      message: `${message}\n\nTowline-Ref: f/main\n`,
      timeSec,
      signer: key,
      parents,
    });
  return { repository, make, anchor: make('anchor', []) };
}

test('a merge that drops what devices may have accepted is refused before main moves', async () => {
  const [alice, carol] = [new MemoryKey(), new MemoryKey()];
  const repository = new MemoryRepository();
  const policy = [
    ...['apiVersion: towline/v1', 'fleet: f', 'version: 1', 'walk: 2', 'principals:'],
    ...[`  alice: { ssh: ["${alice.publicKey}"] }`, `  carol: { ssh: ["${carol.publicKey}"] }`],
    ...['roles:', '  root: { principals: [alice] }', '  own: { principals: [carol] }'],
    ...['rules:', '  - { paths: ["own/**"], roles: [own] }', ''],
  ].join('\n');
  const make = (
    signer: MemoryKey,
    parents: readonly string[],
    more: readonly (readonly [string, string])[],
  ) =>
    repository.commit({
      ...{ signer, parents, timeSec: time, message: 'x\n\nTowline-Ref: f/main\n' },
      files: new Map([['trust/policy.yaml', policy], ...more]),
    });
  const anchor = make(alice, [], []);
  const trusted = await openAnchor(new ObjectReader(repository), anchor);
  const accepted = make(alice, [anchor], [['app', '1']]);
  const signal = AbortSignal.timeout(60_000);
  const ask = (tip: string) =>
    assertMayBeMain({ source: repository, trusted, main: anchor, tip, keptSec: undefined, signal });
  await assert.rejects(ask(make(carol, [anchor, accepted], [])), { code: 'TRUST_MERGE' });
  assert.equal(await ask(make(alice, [anchor, accepted], [])), 'same');
});
