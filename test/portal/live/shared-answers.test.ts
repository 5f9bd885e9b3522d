import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SharedAnswers } from '../../../portal/live/shared-answers.ts';
import type { Route } from '../../../portal/route/route.ts';
import { viewerOf } from '../rig/served-portal.ts';

const never = new AbortController().signal;

function answers(make: (name: string) => Promise<object>) {
  const asked: string[] = [];
  const route: Route = {
    ...{ method: 'GET', path: '/overview', matches: path => path === '/overview' },
    answer: async ({ viewer }) => {
      asked.push(viewer.name);
      return { kind: 'json', body: await make(viewer.name) };
    },
  };
  return { asked, shared: new SharedAnswers([route], () => '1') };
}

test('pages of people who see the whole fleet share one answer', async () => {
  const { asked, shared } = answers(async () => ({ needs: 3 }));
  const people = Array.from({ length: 200 }, (_, at) => viewerOf(`person-${at}`, never));
  const all = await Promise.all(people.map(viewer => shared.ask('/overview', viewer, never)));
  assert.deepEqual([...new Set(all)], ['{"needs":3}']);
  // Two, where the moment that an answer counts for ends between them.
  assert.ok(asked.length <= 2, `${asked.length}`);
});

test('nobody is given the answer of a person who sees another part of it', async () => {
  const { shared } = answers(async name => ({ name }));
  const [one, other] = ['one', 'other'].map(name => viewerOf(name, never, [`pump-${name}`]));
  const whole = viewerOf('whole', never);
  for (const viewer of [one, other, whole, other, one])
    if (viewer !== undefined)
      assert.equal(await shared.ask('/overview', viewer, never), JSON.stringify({ name: viewer.name }));
});

test('answers of single persons are made one after the other, and leave time for all else', async () => {
  let under = 0;
  let most = 0;
  const { shared } = answers(async name => {
    under += 1;
    most = Math.max(most, under);
    await new Promise(resolve => setImmediate(resolve));
    under -= 1;
    return { name };
  });
  const people = Array.from({ length: 20 }, (_, at) => viewerOf(`person-${at}`, never, ['pump-1']));
  await Promise.all(people.map(viewer => shared.ask('/overview', viewer, never)));
  assert.equal(most, 1);
});

test('who leaves while an answer is made takes it from nobody else', async () => {
  const { shared } = answers(async name => {
    await new Promise(resolve => setImmediate(resolve));
    return { name };
  });
  const leaving = new AbortController();
  const viewer = viewerOf('person', never, ['pump-1']);
  const first = shared.ask('/overview', viewer, leaving.signal);
  const second = shared.ask('/overview', viewer, never);
  leaving.abort(new DOMException('gone', 'AbortError'));
  await assert.rejects(first, { name: 'AbortError' });
  assert.equal(await second, '{"name":"person"}');
});
