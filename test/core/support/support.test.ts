/** What is out of support, by a table with a source for each date. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { supportFacts, supportOfAll, supportSentence, supportWords } from '../../../core/support/judge.ts';
import { supportTable } from '../../../core/support/table.ts';
import type { StatusFile } from '../../../schemas/types.generated.ts';

const nowMs = Date.parse('2026-11-30T12:00:00Z');
const facts = (host: StatusFile['host'], agent: Partial<StatusFile['agent']> = {}) =>
  supportFacts({ agent: { version: '0.1.0', ...agent }, ...(host === undefined ? {} : { host }) });
const said = (host: StatusFile['host'], agent: Partial<StatusFile['agent']> = {}) =>
  supportWords(facts(host, agent), nowMs).map(supportSentence);

describe('support', () => {
  test('of an operating system ends by its own line, the narrowest that the table has', () => {
    assert.deepEqual(said({ os: 'debian 11' }), ['Debian 11 is out of support since 2026-08-31']);
    assert.deepEqual(said({ os: 'debian 12' }), []);
    assert.deepEqual(said({ os: 'alpine 3.21.4' }), ['Alpine Linux 3.21 is out of support since 2026-11-01']);
    assert.deepEqual(said({ os: 'rhel 9.4' }), []);
    assert.deepEqual(said({ os: 'amzn 2' }), ['Amazon Linux 2 is out of support since 2026-06-30']);
  });

  test('its end is told 90 days ahead, and on its last day it is still supported', () => {
    const [fact] = facts({ os: 'debian 12' });
    assert.ok(fact !== undefined);
    const at = (date: string) => supportWords([fact], Date.parse(date)).map(({ state }) => state);
    assert.deepEqual(at('2028-04-01T00:00:00Z'), []);
    assert.deepEqual(at('2028-04-03T00:00:00Z'), ['ending']);
    assert.deepEqual(at('2028-06-30T23:59:59Z'), ['ending']);
    assert.deepEqual(at('2028-07-01T00:00:00Z'), ['ended']);
  });

  test('a distribution’s kernel, engine and Node are the distribution’s; those of nobody else are judged by their own lines', () => {
    const old = { kernel: '5.4.302' };
    assert.deepEqual(said({ ...old, os: 'debian 12' }, { engine: '20.10.24+dfsg1' }), []);
    assert.deepEqual(said({ ...old, os: 'debian 12' }, { engine: '4.3.1' }), []);
    assert.deepEqual(said({ ...old, os: 'poky 4.0' }, { engine: '4.9.4' }), [
      'Podman 4 is out of support since 2024-05-30',
      'Linux 5.4 is out of support since 2025-12-31',
    ]);
    assert.deepEqual(said({ os: 'debian 12' }, { engine: '20.10.24' }), [
      'Docker Engine 20.10 is out of support since 2023-12-10',
    ]);
    assert.deepEqual(said({ os: 'debian 12' }, { engine: '29.1.3' }), []);
    const node = { node: '20.19.2', platform: 'linux/arm/v7' };
    assert.deepEqual(said({ os: 'debian 13' }, node), []);
    assert.deepEqual(said({ os: 'poky 4.0' }, node), ['Node.js 20 is out of support since 2026-04-30']);
  });

  test('what a device says of itself may be anything', () => {
    for (const os of [
      '',
      ' ',
      'debian',
      'debian trixie/sid',
      '__proto__ 1',
      'debian constructor',
      'debian 9'.repeat(9_000),
    ])
      assert.ok(said({ os, kernel: os }, { engine: os, node: os }).length <= 1, os.slice(0, 20));
    assert.deepEqual(said(undefined), []);
  });

  test('of a fleet each sentence stands once, with whom it is about', () => {
    const [old, newer] = [facts({ os: 'debian 11' }), facts({ os: 'debian 13' })];
    const all = supportOfAll(
      [
        ['a', old],
        ['b', newer],
        ['c', old],
      ],
      nowMs,
    );
    assert.deepEqual([...all], [['Debian 11 is out of support since 2026-08-31', ['a', 'c']]]);
  });

  test('every row of the table has a source, and days that there are', () => {
    for (const { id, name, source, ends } of supportTable) {
      assert.match(source, /^https:\/\/[a-z.]+\//, id);
      assert.ok(name.length > 0);
      for (const [version, last] of Object.entries(ends)) {
        assert.match(version, /^\d+(?:\.\d+)?$/, id);
        if (last !== null) assert.equal(new Date(`${last}T00:00:00Z`).toISOString().slice(0, 10), last, id);
      }
    }
  });
});
