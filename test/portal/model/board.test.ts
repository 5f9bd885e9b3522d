import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { eventually } from '../../../lab/rig/eventually.ts';
import { MemoryKey } from '../../../lab/rig/memory-repository.ts';
import { operatorText } from '../../../lab/rig/portal-files.ts';
import { PortalFleet } from '../../../lab/rig/portal-fleet.ts';
import type { RowChange } from '../../../portal/model/board/row-log.ts';
import { Model } from '../../../portal/model/model.ts';
import type { StatusFile } from '../../../schemas/types.generated.ts';
import { AskedModel } from './asked-model.ts';

const failed: Partial<StatusFile> = {
  outcome: 'failed',
  conditions: [{ type: 'Ready', status: false, reason: 'x', message: 'see the projects below' }],
  projects: [{ app: 'web', project: 'web', state: 'failed', message: 'ENGINE_PULL: no', services: [] }],
};

describe('the fleet as rows', () => {
  let fleet: PortalFleet;
  let asked: AskedModel;
  before(async () => {
    const files = { 'operators/alice.yaml': operatorText({ git: { fleet: 'write', telemetry: 'read' } }) };
    fleet = await PortalFleet.make({ size: 60, files });
    for (const id of fleet.ids.slice(0, 50)) fleet.say(id);
    asked = await AskedModel.open(fleet);
  });
  after(async () => await asked[Symbol.asyncDispose]());

  const changesIn = async (act: () => void | Promise<void>): Promise<RowChange[]> => {
    const { rows } = asked.model.board;
    const changes: RowChange[] = [];
    const end = rows.onChange(change => changes.push(change));
    await act();
    await asked.settled();
    await eventually(() => changes.length > 0);
    end();
    return changes;
  };

  test('each report is read once for each tip, however often it is asked for', async () => {
    assert.deepEqual([...new Set(fleet.read)].sort(), [...fleet.read].sort());
    assert.equal(fleet.read.length, 50);
    for (let look = 0; look < 3; look += 1) await asked.ask('alice', '/devices');
    assert.equal(fleet.read.length, 50);
  });

  test('a device that reports is one row that changed, and no other', async () => {
    const before = asked.model.board.rows.version;
    const changes = await changesIn(() => fleet.say('pump-00003', failed));
    assert.deepEqual(
      changes.flatMap(({ rows }) => rows.map(({ id }) => id)),
      ['pump-00003'],
    );
    const missed = asked.model.board.rows.since(before);
    assert.deepEqual(
      missed?.rows.map(({ id, standing }) => [id, standing]),
      [['pump-00003', 'failed']],
    );
    assert.deepEqual(asked.model.board.rows.since(missed?.version ?? 0)?.rows, []);
  });

  test('what says the same again is no change but of its time', async () => {
    const row = () => asked.model.board.rows.get('pump-00004');
    const time = row()?.facts?.said?.reported ?? '';
    const { version } = asked.model.board.rows;
    const reports = fleet.read.length;
    fleet.say('pump-00004', { time });
    await asked.settled();
    await eventually(() => fleet.read.length === reports + 1);
    assert.equal(asked.model.board.rows.version, version);
  });

  test('main that moves makes other rows, and reads no report again', async () => {
    const reads = fleet.read.length;
    const path = fleet.pathOf('pump-00005');
    const text = fleet.files.get(path) ?? '';
    const changes = await changesIn(async () => {
      await fleet.commit({ [path]: `${text}apps: { web: { release: "1.1.0" } }\n` });
      await eventually(() => /1\.1\.0/.test(asked.model.board.rows.get('pump-00005')?.json ?? ''));
    });
    const row = JSON.parse(asked.model.board.rows.get('pump-00005')?.json ?? '{}');
    assert.deepEqual([row.w, row.n, row.b], ['web 1.1.0 (pinned)', 'web 1.0.0 healthy', 1]);
    assert.deepEqual(row.k, ['old-pin']);
    // All others are one commit behind now.
    assert.ok(changes.flatMap(({ rows }) => rows).length >= 50);
    assert.equal(fleet.read.length, reads);
  });

  test('a device that leaves main without a branch is gone; who was away is told', async () => {
    const { version } = asked.model.board.rows;
    await fleet.commit({ [fleet.pathOf('pump-00059')]: null });
    await eventually(() => asked.model.board.rows.get('pump-00059') === undefined);
    assert.deepEqual(asked.model.board.rows.since(version)?.gone, ['pump-00059']);
    assert.equal(asked.model.board.rows.since(version + 1000), undefined);
  });

  test('what another key has signed is not its word, and is read again when main names that key', async () => {
    const other = new MemoryKey();
    fleet.say('pump-00006', failed, {}, other);
    await asked.settled();
    const row = () => asked.model.board.rows.get('pump-00006');
    assert.equal(row()?.standing, 'not shown');
    assert.deepEqual(row()?.kinds, ['doubtful']);
    const path = fleet.pathOf('pump-00006');
    const text = fleet.files.get(path) ?? '';
    await fleet.commit({ [path]: text.replace(/ssh-ed25519 [^,]+/, other.publicKey) });
    await eventually(() => row()?.standing === 'failed');
  });
});

test('lists answer at once with what is known: a device whose report is being read says so', async () => {
  const fleet = await PortalFleet.make({
    size: 3,
    files: { 'operators/alice.yaml': operatorText({ git: { fleet: 'read', telemetry: 'read' } }) },
  });
  for (const id of fleet.ids) fleet.say(id);
  const gate = Promise.withResolvers<void>();
  const home = fleet.home();
  const { report } = home.telemetry;
  const slow = {
    ...home,
    telemetry: {
      ...home.telemetry,
      report: async (device: string, signal: AbortSignal) => {
        await gate.promise;
        return await report(device, signal);
      },
    },
  };
  await using asked = new AskedModel(fleet, await Model.open(slow));
  await eventually(() => asked.model.board.rows.all.length === 3);
  const list = await asked.ask('alice', '/devices');
  assert.equal(list.reading, true);
  assert.deepEqual(
    list.rows.map(({ s }: { s: string }) => s),
    ['unread', 'unread', 'unread'],
  );
  assert.equal((await asked.ask('alice', '/overview')).counts.unread, 3);
  gate.resolve();
  await asked.settled();
  assert.equal((await asked.ask('alice', '/devices')).rows[0].s, 'unchanged');
});
