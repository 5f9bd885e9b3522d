import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { desiredState } from '../../../core/desired/desired-state.ts';
import { exampleFleet, repositoryOf, shown } from '../fleet/example-fleet.ts';

async function problemsWith(line: string): Promise<string[]> {
  const compose = String(exampleFleet['apps/web/releases/1.0.0/compose.yaml']).replace(
    '        target: /etc/settings\n',
    `        target: /etc/settings\n        ${line}\n`,
  );
  const { reader, commit } = repositoryOf({
    ...exampleFleet,
    'apps/web/releases/1.0.0/compose.yaml': compose,
  });
  return shown((await desiredState({ reader, commit, device: 'pump-1' })).problems);
}

describe("the owner of a service's file", () => {
  for (const value of ['"0"', '"1000"', '"4294967294"']) {
    test(`uid ${value} is a user`, async () => {
      assert.deepEqual(await problemsWith(`uid: ${value}`), []);
    });
  }
  const refused = [
    '"-1"',
    '"4294967295"',
    '"4294967296"',
    '"9999999999"',
    '"nobody"',
    '"1e3"',
    '"0x10"',
    '"1.5"',
    '" 7"',
    '"99999999999999999999"',
  ];
  for (const key of ['uid', 'gid'])
    for (const value of refused) {
      test(`${key} ${value} would be silently root's, and is refused where it stands`, async () => {
        const [problem = '', ...more] = await problemsWith(`${key}: ${value}`);
        assert.deepEqual(more, []);
        assert.match(
          problem,
          /^apps\/web\/releases\/1\.0\.0\/compose\.yaml:\d+:\d+ COMPOSE_VALUE (uid|gid) ".*" of settings is no number of a user or group/,
        );
      });
    }
  for (const value of ['0440', '"0440"', '"440"', '0o440', '"0400"']) {
    test(`mode ${value} is a mode`, async () => {
      assert.deepEqual(await problemsWith(`mode: ${value}`), []);
    });
  }
  for (const value of ['"-1"', '"rw"', '"0999"', '"77777"']) {
    test(`mode ${value} is refused: it would be another one`, async () => {
      assert.match((await problemsWith(`mode: ${value}`)).join(), /COMPOSE_\w+ .*mode/);
    });
  }
});
