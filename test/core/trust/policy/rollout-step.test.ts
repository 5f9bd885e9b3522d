/** Rules with `change`: what a bot's key, stolen or not, can make of a rollout, tried on the walk. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { editedRollout } from '../../../../core/rollout/edited.ts';
import { parsePolicy } from '../../../../core/trust/policy/policy.ts';
import type { Files } from '../../../../lab/rig/fleet-repository.ts';
import { MemoryKey } from '../../../../lab/rig/memory-repository.ts';
import { MemoryLine } from '../../../rig/memory-line.ts';
import {
  makePeople,
  makePolicedFleet,
  type PolicyKeys,
  policyText,
  removePeople,
} from '../../../rig/policed-fleet.ts';

const path = 'rollouts/web/r1.yaml';
const rules = [
  '{ paths: ["rollouts/*/*.yaml"], change: advance, roles: [rollout-bot] }',
  '{ paths: ["rollouts/*/*.yaml"], change: pause, roles: [rollout-bot] }',
  '{ paths: ["rollouts/**"], roles: [deploy] }',
];
const roles = [
  'root: { principals: [alice, bob], threshold: 2 }',
  'deploy: { principals: [alice, bob] }',
  'tunnels: { principals: [carol] }',
  'rollout-bot: { principals: [bot] }',
];
const policy = (people: PolicyKeys, walk = 2) => policyText(people, { walk, rules, roles });

const body = `apiVersion: towline/v1
app: web
from: ["1.0.0"]
to: "1.1.0"
stages:
  - { name: canary, select: { groups: [canary] }, hold: 4h }
  - { name: tenth, percent: 10, hold: 1d }
  - { name: half, percent: 50, promote: people }
  - { name: all, select: { all: true } }
`;
/** Hours after noon. */
const at = (hours: number) =>
  new Date(Date.UTC(2026, 10, 28, 12 + hours)).toISOString().slice(0, 19).concat('Z');
const file = (stage: number, hours: number, more = '') =>
  `${body}stage: ${stage}\nsince: "${at(hours)}"\n${more}`;
const first = file(1, 0);

describe('a rule for the steps of a rollout', () => {
  const [alice, bot, carol] = [new MemoryKey(), new MemoryKey(), new MemoryKey()];
  const begin = (text: string) =>
    new MemoryLine(
      'acme',
      {
        'trust/policy.yaml': policy({ alice, bob: new MemoryKey(), carol, bot }),
        [path]: text,
      },
      alice,
    );

  const fits: readonly [name: string, before: string, after: string][] = [
    ['a stage opens when the hold of the one before is over', first, file(2, 4)],
    ['and any time later', first, file(2, 400)],
    ['the first one opens from the moment on that people gave', file(0, 0), file(1, 1)],
    [
      'a stage without a hold is followed at once',
      body.replace(', hold: 4h', '').concat(file(1, 0).slice(body.length)),
      body.replace(', hold: 4h', '').concat(file(2, 1).slice(body.length)),
    ],
    ['what was said to be false stays so', file(1, 0, 'paused: false\n'), file(2, 4, 'paused: false\n')],
    ['comments ride along', `# mine\n${first}`, `# his\n${file(2, 4)}`],
    ['a pause', first, file(1, 0, 'paused: true\n')],
    ['a pause of what was said to go on', file(1, 0, 'paused: false\n'), file(1, 0, 'paused: true\n')],
    ['a pause with its reason', first, file(1, 0, 'paused: true\nreason: pump-3 has failed\n')],
    ['a pause where people promote', file(2, 4), file(2, 4, 'paused: true\n')],
  ];
  for (const [name, old, now] of fits) {
    test(`covers it: ${name}`, async () => {
      const line = begin(old);
      const head = line.commit(bot, { [path]: now });
      const { trusted, stopped } = await line.walk();
      assert.deepEqual([trusted.commit, stopped?.message], [head, undefined]);
      const people = begin(old);
      const theirs = people.commit(alice, { [path]: now });
      assert.equal((await people.walk()).trusted.commit, theirs, 'who may by the next rule may as before');
      const nobody = begin(old);
      nobody.commit(carol, { [path]: now });
      assert.equal((await nobody.walk()).stopped?.code, 'TRUST_WRONG_PATH');
    });
  }

  test('covers what a bot writes, however people have written the file', async () => {
    const forms: readonly string[] = [
      first,
      file(1, 0, 'reason: |\n  why\n\n  and more\n'),
      file(1, 0, 'reason: >-\n  why\n'),
      file(1, 0, 'reason: "a\n  b" # c\n'),
      file(1, 0, 'paused: false # not yet\n'),
      `${body}reason: |+\n  why\n\nstage: 1 # of four\nsince: ${at(0)}\n# the end`,
      first.replaceAll('\n', '\r\n'),
    ];
    for (const text of forms) {
      const edits = [
        { stage: 2, since: at(5) },
        { paused: true, reason: '2 of 3 failed, 0 may: pump-1 (rolled back: "x": \\ # {y})' },
      ];
      for (const edit of edits) {
        const line = begin(text);
        const head = line.commit(bot, { [path]: editedRollout(path, text, edit) });
        const { trusted, stopped } = await line.walk();
        assert.deepEqual([trusted.commit, stopped?.message], [head, undefined], JSON.stringify([text, edit]));
      }
    }
  });

  const wrong = 'TRUST_WRONG_PATH';
  const unread = 'TRUST_FIELD_FILE';
  const refused: readonly [name: string, code: string, before: string, after: string][] = [
    ['a stage is skipped', wrong, file(0, 0), file(2, 400)],
    ['a stage is closed again', wrong, file(2, 4), file(1, 8)],
    ['since alone', wrong, first, file(1, 4)],
    ['the stage alone', wrong, first, file(2, 0)],
    ['the hold is not over', wrong, first, file(2, 3.99)],
    ['a moment before the last one', wrong, first, file(2, -400)],
    ['a day that no calendar has', wrong, first, file(2, 4).replace('2026-11-28', '2026-11-31')],
    [
      'the first stage, and nobody has said from when on',
      wrong,
      file(0, 0).replace(/since.*\n/, ''),
      file(1, 0),
    ],
    ['the first stage before people wanted it', wrong, file(0, 0), file(1, -1)],
    ['since goes', unread, first, file(2, 4).replace(/since.*\n/, 'since:\n')],
    ['a rollout that is paused', wrong, file(1, 0, 'paused: true\n'), file(2, 4, 'paused: true\n')],
    ['it goes on and is advanced', wrong, file(1, 0, 'paused: true\n'), file(2, 4, 'paused: false\n')],
    ['it is advanced and paused', wrong, first, file(2, 4, 'paused: true\n')],
    ['it goes on', wrong, file(1, 0, 'paused: true\n'), first],
    ['paused: true goes to false', wrong, file(1, 0, 'paused: true\n'), file(1, 0, 'paused: false\n')],
    ['paused: false is written', wrong, first, file(1, 0, 'paused: false\n')],
    ['a rollout that is aborted', wrong, file(1, 0, 'aborted: true\n'), file(2, 4, 'aborted: true\n')],
    ['it is aborted', wrong, first, file(1, 0, 'aborted: true\n')],
    ['it is aborted with a pause', wrong, first, file(1, 0, 'paused: true\naborted: true\n')],
    ['a stage that people promote', wrong, file(2, 4), file(3, 400)],
    ['a stage that is not there', wrong, file(4, 4), file(5, 400)],
    ['another key with it', wrong, first, file(2, 4).replace('"1.1.0"', '"6.6.6"')],
    ['a stage made shorter with it', wrong, first, file(2, 4).replace('4h', '0s')],
    ['people are taken out with it', wrong, file(2, 4), file(3, 400).replace(', promote: people', '')],
    ['a reason alone', wrong, first, file(1, 0, 'reason: none\n')],
    [
      'a reason is taken away with a pause',
      wrong,
      file(1, 0, 'reason: mine\n'),
      file(1, 0, 'paused: true\n'),
    ],
    ['a comment alone', wrong, first, `# a comment\n${first}`],
    ['formatting alone', wrong, first, first.replace('["1.0.0"]', '[ "1.0.0" ]')],
    ['the same stage in other words', wrong, first, first.replace('stage: 1', 'stage: 0x1')],
    ['an anchor', unread, first, file(2, 4).replace('stage: 2', 'stage: &a 2')],
    ['a tag', unread, first, file(2, 4).replace('stage: 2', 'stage: !!int 2')],
    ['a key twice', unread, first, file(2, 4, 'stage: 2\n')],
    ['a stage that is a text', unread, first, file(2, 4).replace('stage: 2', 'stage: "2"')],
    ['a word that no schema has', unread, first, file(2, 4, 'evil: true\n')],
    ['a reason without an end', unread, first, file(1, 0, `paused: true\nreason: ${'x'.repeat(501)}\n`)],
    ['a file that says something wrong before', unread, `${first}evil: true\n`, file(2, 4)],
    [
      'a hold longer than any',
      wrong,
      first.replace('4h', '999999999999d'),
      file(2, 4).replace('4h', '999999999999d'),
    ],
  ];
  for (const [name, code, old, now] of refused) {
    test(`does not cover it, and people decide: ${name}`, async () => {
      const line = begin(old);
      const head = line.commit(bot, { [path]: now });
      const { stopped, trusted } = await line.walk();
      assert.equal(stopped?.code, code, stopped?.message);
      assert.deepEqual([trusted.commit, stopped?.commit, stopped?.vouched], [line.anchor, head, ['bot']]);
      const signed = begin(old);
      const accepted = signed.commit(alice, { [path]: now });
      assert.equal((await signed.walk()).trusted.commit, accepted);
    });
  }

  test('covers its own file alone: another one beside it is judged by its own rule', async () => {
    const line = begin(first);
    const head = line.commit(bot, { [path]: file(2, 4), 'apps/web/compose.yaml': 'services: {}\n' });
    const { stopped } = await line.walk();
    assert.deepEqual([stopped?.code, stopped?.commit, stopped?.path], [wrong, head, 'apps/web/compose.yaml']);
  });

  test('a file elsewhere, or deeper, is none of a rollout', async () => {
    const line = begin(first);
    line.commit(alice, { 'rollouts/web/deep/r1.yaml': first });
    line.commit(bot, { 'rollouts/web/deep/r1.yaml': file(2, 4) });
    assert.equal((await line.walk()).stopped?.code, wrong);
  });

  test('says which rule did not cover the change, and why', async () => {
    const line = begin(first);
    line.commit(bot, { [path]: file(2, 3) });
    assert.match(
      (await line.walk()).stopped?.message ?? '',
      /bot may not change rollouts\/web\/r1\.yaml; rule 1 \(advance\): since 2026-11-28T15:00:00Z lies before 2026-11-28T16:00:00\.000Z, until which stage 1 is held; rule 2 \(pause\): \/since changes too/,
    );
  });

  test('two steps are two commits: each is judged by the file before it', async () => {
    const line = begin(first);
    line.commit(bot, { [path]: file(2, 4) });
    const head = line.commit(bot, { [path]: file(2, 4, 'paused: true\n') });
    assert.equal((await line.walk()).trusted.commit, head);
  });

  test('covers no file that is new, removed, moved or made executable', async () => {
    const people = await makePeople();
    const files = { 'trust/policy.yaml': policy(people), [path]: first };
    const { repository, anchor, walk } = await makePolicedFleet(people, files);
    const cases: readonly Files[] = [
      { 'rollouts/web/r2.yaml': first },
      { [path]: null },
      { [path]: null, 'rollouts/web/r2.yaml': file(2, 4) },
      { [path]: { mode: '100755', content: file(2, 4) } },
      { [path]: { mode: '120000', content: '../../fleet.yaml' } },
    ];
    for (const files of cases) {
      await repository.setBranch(anchor);
      await repository.commit({ signer: people.bot, files });
      const code = Object.values(files).some(
        one => typeof one === 'object' && one !== null && 'mode' in one && one.mode === '120000',
      )
        ? 'TRUST_MALFORMED_OBJECT'
        : unread;
      assert.equal((await walk.walk()).stopped?.code, code);
    }
    await repository.remove();
    await removePeople(people);
  });
});

test('`change` is a word of walk 2, and stands alone', () => {
  const [alice, bob, carol, bot] = [new MemoryKey(), new MemoryKey(), new MemoryKey(), new MemoryKey()];
  const people = { alice, bob, carol, bot };
  const parse = (text: string) => () => parsePolicy(Buffer.from(text));
  assert.doesNotThrow(parse(policy(people)));
  assert.throws(parse(policy(people, 1)), { code: 'TRUST_POLICY_INVALID', message: /word of walk 2/ });
  const both = policy(people).replace('change: advance', 'only: [/stage], change: advance');
  assert.throws(parse(both), { code: 'TRUST_POLICY_INVALID' });
  const other = policy(people).replace('change: advance', 'change: anything');
  assert.throws(parse(other), { code: 'TRUST_POLICY_INVALID' });
});
