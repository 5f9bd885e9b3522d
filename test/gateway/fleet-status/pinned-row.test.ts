import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deviceRow } from '../../../gateway/fleet-status/device-row.ts';
import { statusFile } from './rig.ts';

test('a release that is a device’s own is marked on the page, and how long: no rollout moves it', () => {
  const project = { app: 'shop', project: 'shop', state: 'healthy', services: [], release: '1.0.0' } as const;
  const row = (pinned: object) => {
    const wanted = { release: '1.0.0', digest: 'd' };
    const status = statusFile('pump', { projects: [{ ...project, services: [], wanted, ...pinned }] });
    return deviceRow({ id: 'pump', revoked: false, hasKeys: true }, { kind: 'said', status, blob: '' }).text;
  };
  assert.match(row({ pinned: { reason: '<b>mine</b>' } }), /\| `shop 1\.0\.0` \(pinned\) \|/);
  assert.match(row({ pinned: { until: '2026-12-24T00:00:00Z' } }), /\(pinned until 2026-12-24T00:00:00Z\)/);
  assert.doesNotMatch(row({}), /pinned/);
  assert.doesNotMatch(row({ pinned: { reason: '<b>mine</b>' } }), /mine/);
});
