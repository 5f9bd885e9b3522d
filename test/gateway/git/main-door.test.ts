/** main of fleet.git keeps what devices follow among its first parents, whoever pushes. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { ObjectReader } from '../../../core/trust/git/object-reader.ts';
import { openAnchor } from '../../../core/trust/walk.ts';
import { assertMayBeMain } from '../../../gateway/git/main-door.ts';
import { MemoryKey, MemoryRepository } from '../../../lab/rig/memory-repository.ts';
import { command, GatewayProgram, TestFleet } from '../rig/program.ts';

const bin = join(import.meta.dirname, '../../../bin');

test('a merge by git pull is refused before main moves, with a remedy; git pull --rebase, trust mend and a mend past a bad commit are taken', async () => {
  await using fleet = await TestFleet.make([]);
  await fleet.init();
  await using gateway = await GatewayProgram.start(fleet.config);
  const { repository, operator } = fleet;
  const work = join(fleet.folder, 'work');
  const environment = {
    ...fleet.ssh(),
    PATH: `${bin}:${process.env.PATH}`,
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
  await does('git push -q origin main');
  assert.equal(await served(), await does('git rev-parse main'));
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
  await does('git -c core.hooksPath=/dev/null push -q origin main');
  await gateway.line('main is not trusted');
  await does('towline trust mend');
  await does('git push -q origin main');
  assert.equal(await served(), await does('git rev-parse main'));
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
