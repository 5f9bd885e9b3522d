/** What a passkey never does, whatever the policy gives its principal: an owned gateway can have any tap sign anything. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ObjectReader } from '../../../../core/trust/git/object-reader.ts';
import { formatTimestamp, verifyTimestamp } from '../../../../core/trust/timestamp.ts';
import { openAnchor, walk } from '../../../../core/trust/walk.ts';
import type { MemoryLine } from '../../../rig/memory-line.ts';
import {
  approvalOf,
  makePasskeyPeople,
  narrowRule,
  type PasskeyPolicy,
  passkeyLine,
  passkeyPolicy,
  pump,
  pumpText,
  startSec,
} from '../../../rig/passkey-line.ts';

const people = makePasskeyPeople();
const { alice, carol, dora, doraPasskey } = people;
const paused = pumpText.replace('paused: false', 'paused: true');
const files = new Map([
  ['trust/policy.yaml', passkeyPolicy(people)],
  [pump, pumpText],
]);
const trailer = 'Towline-Ref: acme/main\n';

/** The walk from the anchor to a commit that was made beside the line. */
async function walkTo(line: MemoryLine, head: string) {
  const reader = new ObjectReader(line.repository);
  const trusted = await openAnchor(reader, line.anchor);
  return await walk({ reader, trusted, head, signal: new AbortController().signal });
}

describe('a passkey', () => {
  const beyond: readonly [name: string, changes: Readonly<Record<string, string | null>>][] = [
    ['another value of the file', { [pump]: `${pumpText}revoked: true\n` }],
    ['a value beside the one that it may', { [pump]: `${paused}labels: { a: "1" }\n` }],
    ['the form of the file', { [pump]: `# words\n${pumpText}` }],
    ['a file that is new', { 'devices/eu/new.yaml': pumpText }],
    ['a file that goes', { [pump]: null }],
    ['the policy', { 'trust/policy.yaml': passkeyPolicy(people, { version: 2, rules: [] }) }],
    ['an operator', { 'operators/carol.yaml': 'apiVersion: towline/v1\nsshKeys: []\n' }],
    ['an app', { 'apps/web/compose.yaml': 'services: {}\n' }],
  ];
  for (const [name, changes] of beyond)
    test(`does not change ${name}, of somebody with another key neither`, async () => {
      for (const signer of [carol, doraPasskey]) {
        const line = passkeyLine(people);
        line.commit(signer, changes);
        const { stopped } = await line.walk();
        assert.match(stopped?.code ?? 'taken', /^TRUST_(?:WRONG_PATH|FIELD_FILE)$/);
      }
    });

  test('does not count by a narrow rule that does not say so, where the key of the same person does', async () => {
    const options: PasskeyPolicy = {
      rules: ['{ paths: ["devices/**"], "only": [/paused], roles: [deploy] }', narrowRule],
    };
    for (const [signer, code] of [
      [doraPasskey, 'TRUST_WRONG_PATH'],
      [dora, undefined],
    ] as const) {
      const line = passkeyLine(people, options);
      line.commit(signer, { [pump]: paused });
      const { stopped } = await line.walk();
      assert.equal(stopped?.code, code);
      if (stopped !== undefined)
        assert.match(stopped.message, /dora by passkey may not change.*no rule counts/);
    }
  });

  test('takes a stage of a rollout, and nothing else of it', async () => {
    const path = 'rollouts/web/r1.yaml';
    const rollout = (stage: number, hour: number, more = '') =>
      `apiVersion: towline/v1\napp: web\nfrom: ["1.0.0"]\nto: "1.1.0"\nstages:\n  - { name: one, percent: 10, hold: 1h }\n  - { name: all, select: { all: true } }\nstage: ${stage}\nsince: "2026-11-28T${hour}:00:00Z"\n${more}`;
    const options = {
      rules: [
        '{ paths: ["rollouts/*/*.yaml"], change: advance, roles: [portal], passkeys: true }',
        narrowRule,
      ],
    };
    for (const [after, code] of [
      [rollout(2, 13), undefined],
      [rollout(2, 12), 'TRUST_WRONG_PATH'],
      [rollout(2, 13, 'aborted: true\n'), 'TRUST_WRONG_PATH'],
      [rollout(2, 13).replace('percent: 10', 'percent: 90'), 'TRUST_WRONG_PATH'],
    ] as const) {
      const line = passkeyLine(people, options, { [path]: rollout(1, 12) });
      line.commit(carol, { [path]: after });
      assert.equal((await line.walk()).stopped?.code, code);
    }
  });

  test('makes no approval: the same statement by the key of the same person counts', async () => {
    for (const [sign, code] of [
      [dora, undefined],
      [doraPasskey, 'TRUST_PASSKEY_SIGNATURE'],
      [doraPasskey.twisted({ kind: 'sk-ecdsa-sha2-nistp256@openssh.com' }), 'TRUST_PASSKEY_SIGNATURE'],
    ] as const) {
      const line = passkeyLine(people);
      const { repository, anchor } = line;
      const approval = approvalOf(line, { signer: sign, principal: 'dora', after: paused });
      const changes = { [pump]: paused, ...approval };
      // A forge's button: nobody signs the commit itself.
      const all = new Map([...files, ...Object.entries(changes)]);
      const head = repository.commit({ files: all, parents: [anchor], message: trailer, timeSec: startSec });
      assert.equal((await walkTo(line, head)).stopped?.code, code);
    }
  });

  test('signs no merge, no commit that joins lines, and nothing that changes nothing', async () => {
    const line = passkeyLine(people);
    const { repository, anchor } = line;
    const other = repository.commit({
      files,
      parents: [anchor],
      message: trailer,
      timeSec: 1,
      signer: carol,
    });
    const changed = new Map([...files, [pump, paused] as const]);
    const timeSec = Date.UTC(2026, 10, 28, 13) / 1000;
    const cases = [
      {
        files: changed,
        parents: [anchor, other],
        message: `A\n\n${trailer}`,
        code: 'TRUST_PASSKEY_SIGNATURE',
      },
      {
        files: changed,
        parents: [anchor],
        message: `A\n\nTowline-Joins: ${other}\n${trailer}`,
        code: 'TRUST_PASSKEY_SIGNATURE',
      },
      { files, parents: [anchor], message: `A\n\n${trailer}`, code: 'TRUST_EMPTY_STEP' },
      { files: changed, parents: [anchor], message: 'A draft\n', code: 'TRUST_NOT_FOR_MAIN' },
      { files: changed, parents: [anchor], message: `A\n\n${trailer}`, code: undefined },
    ];
    for (const { code, ...commit } of cases)
      for (const signer of [carol, doraPasskey]) {
        const head = repository.commit({ ...commit, timeSec, signer });
        assert.equal((await walkTo(line, head)).stopped?.code, code);
      }
  });

  test('says nothing of time: two dates ahead, by two passkeys, stop nobody', async () => {
    const line = passkeyLine(people);
    const { repository, anchor } = line;
    const far = Date.UTC(2090, 0, 1) / 1000;
    const before = (await walkTo(line, anchor)).trusted;
    let head = anchor;
    const texts = [paused, pumpText, paused.replace('closed', 'open')];
    for (const [index, signer] of [carol, doraPasskey, alice].entries()) {
      const changed = new Map([...files, [pump, texts[index] ?? ''] as const]);
      const timeSec = signer === alice ? before.lineTimeSec + 60 : far + index;
      head = repository.commit({
        files: changed,
        parents: [head],
        message: `A\n\n${trailer}`,
        timeSec,
        signer,
      });
      const { stopped, trusted } = await walkTo(line, head);
      assert.equal(stopped, undefined);
      if (signer !== alice)
        assert.deepEqual([trusted.lineTimeSec, trusted.ahead], [before.lineTimeSec, before.ahead]);
    }
  });

  test('makes no statement of freshness', async () => {
    const options = {
      roles: [
        'root: { principals: [alice] }',
        'deploy: { principals: [alice, bob] }',
        'portal: { principals: [alice, carol] }',
        'timestamp: { principals: [dora] }',
      ],
    };
    const line = passkeyLine(people, options);
    const { repository, anchor } = line;
    const reader = new ObjectReader(repository);
    const trusted = await openAnchor(reader, anchor);
    const timeSec = trusted.lineTimeSec;
    const message = formatTimestamp({ fleet: 'acme', head: anchor, timeSec });
    const id = (signer: typeof dora | typeof doraPasskey) =>
      repository.commit({ files: new Map(), parents: [], message, timeSec, signer });
    assert.equal((await verifyTimestamp({ reader, trusted, id: id(dora) })).timeSec, timeSec);
    await assert.rejects(
      verifyTimestamp({ reader, trusted, id: id(doraPasskey) }),
      /counts on commits of main/,
    );
  });
});
