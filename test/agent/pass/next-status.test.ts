/** What is said of images that come ahead: in a status, in words, and when that is news. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stringify } from 'yaml';
import type { DownloadState } from '../../../agent/apply/download-state.ts';
import { downloadedCondition, withNext } from '../../../agent/pass/next-status.ts';
import { statusWords } from '../../../agent/pass/status-words.ts';
import { statusDigest } from '../../../agent/report/status-digest.ts';
import { maxStatusWeight } from '../../../core/telemetry/device-report.ts';
import { appsOf, troublesOf } from '../../../core/telemetry/device-summary.ts';
import { yamlWeight } from '../../../core/telemetry/yaml-weight.ts';
import type { StatusFile } from '../../../schemas/types.generated.ts';
import { statusFile } from '../../gateway/fleet-status/rig.ts';

const mib = 1024 * 1024;
const download = (state: DownloadState['state'], more: Partial<DownloadState> = {}): DownloadState => ({
  ...{ app: 'shop', project: 'shop', release: '1.6.0', state, sinceMs: 0, reason: '', code: undefined },
  ...{ bytes: 0, totalBytes: 210 * mib },
  ...more,
});
const running: StatusFile['projects'] = [
  { app: 'shop', project: 'shop', release: '1.5.0', state: 'healthy', services: [] },
];
const status = (...downloads: DownloadState[]) =>
  statusFile('pump', { projects: withNext(running, downloads) });
const coming = (file: StatusFile) => appsOf(file)[0]?.next;

test('how far it is, in tenths: not each megabyte is news', () => {
  const at = (bytes: number) => status(download('downloading', { bytes }));
  assert.equal(coming(at(90 * mib)), '1.6.0 downloading 40 % of 210 MiB');
  assert.equal(statusDigest(at(85 * mib)), statusDigest(at(104 * mib)));
  assert.notEqual(statusDigest(at(85 * mib)), statusDigest(at(106 * mib)));
  assert.equal(at(210 * mib).projects[0]?.next?.bytes, 210 * mib);
  assert.ok(statusWords(at(90 * mib)).includes('next     shop 1.6.0 downloading 40 % of 210 MiB'));
});

test('what is there, waits or has no sizes is said in a word', () => {
  assert.equal(coming(status(download('there', { reason: 'its images are there' }))), '1.6.0 there');
  assert.equal(
    coming(status(download('waiting', { reason: 'its download begins at noon' }))),
    '1.6.0 waiting',
  );
  const unknown = download('downloading', { bytes: undefined, totalBytes: undefined });
  assert.equal(coming(status(unknown)), '1.6.0 downloading');
  assert.equal(coming(status()), undefined);
});

test('what is wrong is a trouble of its own beside a device that is well; how much is free is no news', () => {
  const full = (free: string) =>
    download('refused', { code: 'ENGINE_DISK_FULL', reason: `release 1.6.0 needs 1 GiB, ${free} are free` });
  const file = status(full('3 MiB'));
  assert.deepEqual(troublesOf({ ...file, conditions: [] }), [
    {
      ...{ app: 'shop', release: '1.6.0', code: 'ENGINE_DISK_FULL' },
      message: 'ENGINE_DISK_FULL: release 1.6.0 needs 1 GiB, 3 MiB are free',
    },
  ]);
  assert.equal(statusDigest(file), statusDigest(status(full('2 MiB'))));
  assert.notEqual(statusDigest(file), statusDigest(status(download('waiting'))));
  assert.deepEqual(downloadedCondition([full('3 MiB')]), {
    ...{ type: 'Downloaded', status: false, reason: 'ENGINE_DISK_FULL' },
    message: 'shop 1.6.0: release 1.6.0 needs 1 GiB, 3 MiB are free',
  });
  assert.equal(downloadedCondition([download('waiting')]), undefined);
  assert.equal(downloadedCondition([download('there')])?.status, true);
});

test('of a thousand apps that are refused the condition says a part', () => {
  const all = Array.from({ length: 1000 }, (_, index) =>
    download('refused', { app: `app-${index}`, code: 'ENGINE_DISK_FULL', reason: 'no room'.repeat(100) }),
  );
  assert.equal(downloadedCondition(all)?.message.length, 2000);
});

test('of sixty apps those say what comes next whose images are not there, sixteen at most: the status stays one that is read', () => {
  const apps = Array.from({ length: 60 }, (_, index) => `application-${index}`);
  const refused = { code: 'ENGINE_DISK_FULL', reason: 'no room '.repeat(100) };
  const weight = (downloads: DownloadState[]) => {
    const services = [{ name: 'web', state: 'running', health: 'healthy' } as const];
    const before = apps.map(app => ({
      app,
      project: app,
      release: '1.5.0',
      state: 'healthy' as const,
      services,
    }));
    const projects = withNext(before, downloads);
    const said = projects.filter(({ next }) => next !== undefined).map(({ app }) => app);
    return {
      said,
      weight: yamlWeight(Buffer.from(stringify({ projects }))),
      bytes: stringify(projects).length,
    };
  };
  const none = weight([]);
  const all = weight(
    apps.map((app, index) =>
      download(index < 50 ? 'there' : 'refused', { app, project: app, ...(index < 50 ? {} : refused) }),
    ),
  );
  assert.deepEqual(all.said, [...apps.slice(0, 6), ...apps.slice(50)]);
  // A sixth of what is read.
  assert.ok(all.weight - none.weight < maxStatusWeight / 6, `${all.weight - none.weight}`);
  assert.ok(all.bytes - none.bytes < 16 * 1024);
});

test('an update whose images come before its window is told of until they are there, then what comes after it', () => {
  const update = (state: DownloadState['state']) => download(state, { release: '1.6.0' });
  const later = download('waiting', { release: '1.7.0' });
  assert.equal(coming(status(update('downloading'), later)), '1.6.0 downloading 0 % of 210 MiB');
  assert.equal(coming(status(update('there'), later)), '1.7.0 waiting');
});

test('a pass that did not ask says what was said before', () => {
  const [before] = withNext(running, [download('there')]);
  assert.ok(before);
  assert.deepEqual(withNext([before], undefined), [before]);
  assert.equal(withNext([before], [])[0]?.next, undefined);
});
