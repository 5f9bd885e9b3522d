/** What a device says of the data of its apps, when that is news, and who is told. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { backedUpCondition, type KeptData, withBackups } from '../../../agent/pass/backup-status.ts';
import { statusDigest } from '../../../agent/report/status-digest.ts';
import { type BackupSummary, backupId } from '../../../core/backup/manifest.ts';
import type { RestoreNote } from '../../../core/backup/restore-note.ts';
import type { ProjectRecord } from '../../../core/plan/memory.ts';
import { maxStatusWeight } from '../../../core/telemetry/device-report.ts';
import { troublesOf } from '../../../core/telemetry/device-summary.ts';
import { saidConditions } from '../../../core/telemetry/said-conditions.ts';
import { yamlWeight } from '../../../core/telemetry/yaml-weight.ts';
import { makeDesired, makeProject } from '../../../lab/rig/desired.ts';
import type { StatusFile } from '../../../schemas/types.generated.ts';
import { status as isStatus } from '../../../schemas/validate.generated.js';
import { statusFile } from '../../gateway/fleet-status/rig.ts';

type Project = StatusFile['projects'][number];

const running: Project = {
  ...{ app: 'shop', project: 'shop', release: '1.0.0', state: 'healthy', services: [] },
};
const atMs = Date.parse('2026-11-30T04:15:00Z');
const digest = `sha256:${'1a2b3c4d'.repeat(8)}`;
const summary = (minutes: number, more: Partial<BackupSummary> = {}): BackupSummary => ({
  ...{
    id: backupId(atMs + minutes * 60_000, digest),
    app: 'shop',
    project: 'shop',
    digest,
    cause: 'upgrade',
  },
  ...{ atMs: atMs + minutes * 60_000, tookMs: 1234.5, bytes: 4096, contentBytes: 8192, stores: [] },
  ...more,
});
const kept = (record: ProjectRecord, ...backups: BackupSummary[]): KeptData => ({
  projects: new Map([['shop', record]]),
  backups: new Map([['shop', backups]]),
});
const noSpace = (nextMs: number, message = 'it needs 2 GiB, 1 GiB are free') => ({
  attempts: { digest, count: 1, nextMs, code: 'BACKUP_NO_SPACE', message },
});
const desired = (backup?: string) =>
  makeDesired('pump', [
    {
      ...makeProject('shop', { services: {} }),
      ...(backup === undefined ? {} : { restore: { backup, migrate: false } }),
    },
  ]);
const said = (data: KeptData, before = running) => withBackups([before], data, desired());

test('backups are listed, the newest first, with their time in their name', () => {
  const volumes = ['db', 'files'].map(key => ({ key, name: `shop_${key}` }));
  const one = summary(1, { release: '1.0.0', volumes, stores: ['site'] });
  const [project] = said(kept({}, one, summary(0, { cause: 'schedule' })));
  assert.deepEqual(project?.backups, [
    {
      ...{ id: '20261130T041600Z-1a2b3c4d', release: '1.0.0', cause: 'upgrade', bytes: 4096, tookMs: 1235 },
      ...{ volumes: 2, stores: ['site'] },
    },
    { id: '20261130T041500Z-1a2b3c4d', cause: 'schedule', bytes: 4096, tookMs: 1235 },
  ]);
  const file = statusFile('pump', { projects: said(kept({}, one)) });
  assert.ok(isStatus(file), JSON.stringify(isStatus.errors));
  const [after] = withBackups(said(kept({}, one)), kept({}), desired());
  assert.equal(after?.backups, undefined, 'what was removed is said no more');
});

test('of many only the newest are listed, and how many more there are', () => {
  const many = Array.from({ length: 30 }, (_, index) => summary(30 - index));
  const [project] = said(kept({}, ...many));
  assert.deepEqual([project?.backups?.length, project?.moreBackups], [10, 20]);
});

test('of a device with two hundred services the status stays one that is read, and each app says its newest', () => {
  const services = Array.from({ length: 100 }, (_, index) => ({
    ...{ name: `service-${index}`, state: 'running', health: 'healthy', restarts: 0 },
    image: `registry.example.com/acme/service-${index}:1.0@sha256:${'a'.repeat(64)}`,
  }));
  const projects = ['shop', 'till'].map(name => ({ ...running, app: name, project: name, services }));
  const many = () =>
    Array.from({ length: 30 }, (_, index) => summary(30 - index, { stores: ['site', 'office'] }));
  const data = { projects: new Map(), backups: new Map(projects.map(({ project }) => [project, many()])) };
  const told = withBackups(projects, data, desired());
  assert.deepEqual(
    told.map(({ backups = [] }) => backups.length),
    [2, 2],
  );
  const weight = (said: readonly Project[]) => yamlWeight(Buffer.from(stringify({ projects: said })));
  assert.ok(weight(told) - weight(projects) < maxStatusWeight / 20, `${weight(told) - weight(projects)}`);
});

test('a backup that fails is a condition, a reason and a message to people, and each further try is no news', () => {
  const projects = said(kept(noSpace(atMs)));
  const message = 'it needs 2 GiB, 1 GiB are free';
  const code = 'BACKUP_NO_SPACE';
  assert.deepEqual(projects[0]?.backupFailing, { code, message, next: '2026-11-30T04:15:00Z' });
  assert.deepEqual(backedUpCondition(projects), {
    ...{ type: 'BackedUp', status: false, reason: code, message: `shop: ${message}` },
  });
  const file = statusFile('pump', { projects });
  assert.ok(isStatus(file), JSON.stringify(isStatus.errors));
  assert.deepEqual(troublesOf(file), [{ app: 'shop', code, message }]);
  assert.deepEqual(
    saidConditions(file).open.map(({ type, code: why, app }) => [type, why, app]),
    [['device.backup', code, 'shop']],
  );
  const later = said(kept(noSpace(atMs + 60_000, 'it needs 2 GiB, 3 MiB are free')));
  assert.equal(statusDigest(file), statusDigest(statusFile('pump', { projects: later })));
  assert.notEqual(statusDigest(file), statusDigest(statusFile('pump', { projects: said(kept({})) })));
});

test('an update that waits for its backup is told of as that, and said once', () => {
  const waits = {
    state: 'degraded',
    message: 'BACKUP_NO_SPACE: it needs 2 GiB, 1 GiB are free; next try at x',
  } as const;
  const projects = said(kept(noSpace(atMs)), { ...running, ...waits });
  assert.equal(projects[0]?.backupFailing?.message, undefined);
  const types = (one: readonly Project[]) =>
    saidConditions(statusFile('pump', { projects: [...one] })).open.map(({ type }) => type);
  assert.deepEqual(types(projects), ['device.backup']);
  const ill = said(kept(noSpace(atMs)), { ...running, state: 'degraded', message: 'web is unhealthy' });
  assert.deepEqual(types(ill), ['device.degraded'], 'an app that is not well is the graver word');
});

test('what an update has gone on without is a failing backup until one is made, and is not tried again', () => {
  const backupMissing = { code: 'BACKUP_NO_SPACE', message: 'no room', atMs };
  const [project] = said(kept({ backupMissing }));
  assert.deepEqual(project?.backupFailing, { code: 'BACKUP_NO_SPACE', message: 'no room' });
  const message = 'updated without a backup, which is not required: no room';
  const told = said(kept({ backupMissing }), { ...running, message });
  assert.deepEqual(told[0]?.backupFailing, { code: 'BACKUP_NO_SPACE' }, 'said once');
  const backupTries = { digest, count: 2, nextMs: atMs, code: 'BACKUP_FAILED', message: 'worn out' };
  assert.deepEqual(said(kept({ backupMissing, backupTries }))[0]?.backupFailing, {
    ...{ code: 'BACKUP_FAILED', message: 'worn out', next: '2026-11-30T04:15:00Z' },
  });
});

test('what fails for another reason is no failing backup', () => {
  const attempts = { digest, count: 1, nextMs: atMs, code: 'ENGINE_PULL', message: 'no' };
  assert.equal(said(kept({ attempts }))[0]?.backupFailing, undefined);
  assert.equal(backedUpCondition(said(kept({}))), undefined);
});

test('a restore is asked for, begun, done or unsure, and one of a commit that cannot be read stands', () => {
  const id = backupId(atMs, digest);
  const other = backupId(atMs + 60_000, digest);
  const restoreOf = (record: ProjectRecord, asked?: string, before = running) =>
    withBackups([before], kept(record), desired(asked))[0]?.restore;
  assert.equal(restoreOf({}), undefined);
  assert.deepEqual(restoreOf({}, id), { backup: id, state: 'asked' });
  const unsure = { ...running, state: 'degraded', message: 'RESTORE_UNSURE: nobody knows' } as const;
  assert.deepEqual(restoreOf({}, id, unsure), { backup: id, state: 'unsure', code: 'RESTORE_UNSURE' });
  const recordOf = (state: 'begun' | 'done'): ProjectRecord => ({
    restored: { backup: id, state, cause: 'request', stamp: 'then' },
    restoreAsked: { backup: id },
  });
  for (const state of ['begun', 'done'] as const)
    assert.deepEqual(restoreOf(recordOf(state), id), { backup: id, state });
  assert.deepEqual(restoreOf(recordOf('done'), other), {
    backup: other,
    state: 'asked',
  });
  const before = { ...running, restore: { backup: id, state: 'done' as const } };
  assert.deepEqual(withBackups([before], kept({}), undefined)[0]?.restore, before.restore);
  assert.deepEqual(withBackups([before], undefined, desired()), [before]);
});

test('a restore that the device has decided is asked for, tried in vain or begun, whoever has said so', () => {
  const id = backupId(atMs, digest);
  const word = (note: Partial<RestoreNote>, asked?: string, record: ProjectRecord = {}) => {
    const whole = {
      backup: id,
      cause: 'person',
      migrate: false,
      stamp: 'then',
      phase: 'asked',
      volumes: [],
    } as const;
    const data = { ...kept(record), restores: new Map([['shop', { ...whole, ...note }]]) };
    const [project] = withBackups([running], data, desired(asked));
    assert.ok(
      isStatus(statusFile('pump', { projects: [project ?? running] })),
      JSON.stringify(isStatus.errors),
    );
    return project?.restore;
  };
  assert.deepEqual(word({}), { backup: id, state: 'asked' });
  const tries = { count: 1, nextMs: atMs, code: 'RESTORE_IN_USE', message: 'somebody uses it' };
  assert.deepEqual(word({ tries }), { backup: id, state: 'failed', code: 'RESTORE_IN_USE' });
  assert.deepEqual(word({ cause: 'request', tries }, id), {
    ...{ backup: id, state: 'failed', code: 'RESTORE_IN_USE' },
  });
  assert.equal(word({ cause: 'request', tries }), undefined, 'its file asks for it no more');
  assert.deepEqual(word({ phase: 'unpacked' }), { backup: id, state: 'begun' });
  assert.equal(word({ backup: 'aside-20261130T041500.000Z' }), undefined);
  const back = withBackups([running], kept({ takeBack: { backup: id } }), desired())[0];
  assert.deepEqual(back?.restore, { backup: id, state: 'asked' });
});
