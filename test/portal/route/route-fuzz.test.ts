/** Whatever a request names and asks: a handler sees names of the fleet's own patterns and a query of the API, or nothing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isTowlineError } from '../../../core/errors.ts';
import { namePattern } from '../../../core/fleet/paths.ts';
import * as queries from '../../../portal/api/queries.generated.js';
import type { Viewer } from '../../../portal/home/viewer.ts';
import { json } from '../../../portal/route/answer.ts';
import { parametersIn } from '../../../portal/route/parameters.ts';
import { route } from '../../../portal/route/route.ts';
import type { Validate } from '../../../schemas/validate.generated.js';
import { fuzzed } from '../../fuzz/fuzzed.ts';

const viewer: Viewer = {
  ...{ name: 'alice', by: 'ssh', operator: undefined, signal: new AbortController().signal },
  ...{ reads: () => false, readsAll: () => false, readsRepository: () => false, pushes: () => 'none' },
};

const word = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.constantFrom(
    '..',
    '.',
    '',
    '%2e%2e',
    '__proto__',
    'constructor',
    'pump-17',
    'pump-17%00',
    'pump-17\n',
    '9'.repeat(400),
  ),
);

test('a path leads to a device by its id alone', async () => {
  await fuzzed(
    'portal paths',
    fc.property(fc.array(word, { maxLength: 5 }), words => {
      const found = parametersIn('/devices/{device}/plan', `/${words.join('/')}`);
      if (found !== undefined) assert.match(found.device, namePattern);
    }),
  );
});

test('a query is what the API says, with its defaults, or refused', async () => {
  const names = [
    'q',
    'limit',
    'offset',
    'sort',
    'order',
    'group',
    'need',
    'label',
    'before',
    'from',
    '__proto__',
    'x',
  ];
  const asked = fc.array(fc.tuple(fc.constantFrom(...names), word), { maxLength: 6 });
  const taken: readonly Validate[] = Object.values(queries);
  await fuzzed(
    'portal queries',
    fc.asyncProperty(asked, fc.nat(taken.length - 1), async (pairs, at) => {
      const one = route({
        method: 'GET',
        path: '/x',
        query: taken[at] ?? queries.isDevicesQuery,
        handle: ({ query }) => json({ query }),
      });
      const question = {
        path: '/x',
        query: new URLSearchParams(pairs),
        body: undefined,
        viewer,
        signal: viewer.signal,
      };
      const answer = await one.answer(question).catch((error: unknown) => error);
      if (isTowlineError(answer, 'PORTAL_MALFORMED')) return;
      assert.ok(typeof answer === 'object' && answer !== null && 'kind' in answer, String(answer));
      const { limit, offset } = JSON.parse(JSON.stringify(answer)).body.query;
      for (const number of [limit, offset])
        assert.ok(
          number === undefined || (Number.isSafeInteger(number) && number >= 0 && number <= 1_000_000),
        );
    }),
  );
});
