import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDevicesQuery } from '../../../portal/api/queries.generated.js';
import type { Viewer } from '../../../portal/home/viewer.ts';
import { json } from '../../../portal/route/answer.ts';
import { parametersIn } from '../../../portal/route/parameters.ts';
import { type Asked, route } from '../../../portal/route/route.ts';

const viewer: Viewer = {
  ...{ name: 'alice', by: 'desk', operator: undefined, signal: new AbortController().signal },
  ...{ reads: () => true, readsAll: () => true, readsRepository: () => true, pushes: () => 'all' },
};

const asked = (path: string, query = '', body?: unknown): Asked => {
  const { signal } = new AbortController();
  return { path, query: new URLSearchParams(query), body, viewer, signal };
};

test('a name in a path is taken as it stands: what no such name can be leads nowhere', () => {
  assert.deepEqual(parametersIn('/devices/{device}/plan', '/devices/pump-17/plan'), { device: 'pump-17' });
  const hostile = [
    '..',
    '%2e%2e',
    'a%2fb',
    '',
    'A',
    'pump_17',
    'pump-17 ',
    'pümp',
    '__proto__',
    'a'.repeat(64),
    '-a',
    'a\n',
  ];
  for (const name of hostile)
    assert.equal(parametersIn('/devices/{device}/plan', `/devices/${name}/plan`), undefined, name);
  assert.equal(parametersIn('/devices/{device}', '/devices/pump-17/'), undefined);
  assert.equal(parametersIn('/devices/{device}', '/devices'), undefined);
});

test('numbers of a query are numbers, and what is left out has its default', async () => {
  const devices = route({
    method: 'GET',
    path: '/devices',
    query: isDevicesQuery,
    handle: ({ query: { limit, offset, sort } }) => json({ limit, offset, sort }),
  });
  assert.deepEqual(
    await devices.answer(asked('/devices', 'limit=7')),
    json({ limit: 7, offset: 0, sort: 'device' }),
  );
  for (const query of [
    'limit=0',
    'limit=501',
    'limit=x',
    'offset=-1',
    'sort=__proto__',
    'group=../a',
    `q=${'a'.repeat(201)}`,
    'else=1',
  ])
    await assert.rejects(devices.answer(asked('/devices', query)), { code: 'PORTAL_MALFORMED' }, query);
});
