/** What strangers wrote, on a person's terminal and in a pipe: it is seen, and steers nothing. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { makeRepository } from '../../lab/rig/fleet-repository.ts';
import { makeFleet } from './fleet.ts';
import { addKeys, report } from './status/reports.ts';
import { type Ran, towline } from './towline.ts';

/** Control sequences of C0 and C1, line ends of all kinds, directions turned, what is not seen, and half a character. */
const evil =
  'a\u001b[2Jb\u009b31mc\u202ed\u2066e\u2028f\u2029g\u0085h\u200bi\u061cj\ufeffk\u{e0041}l\u00adm\u3164n\u0007o\u007fp';
const unseen = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

function assertSeen({ output, errors }: Ran): void {
  for (const line of `${output}\n${errors}`.split('\n')) assert.doesNotMatch(line, unseen);
}

describe('text of a stranger', () => {
  test('in a device’s report is shown on its one line, and is whole in JSON', async () => {
    await using fleet = await makeFleet();
    const [one] = await addKeys(fleet);
    const telemetry = await makeRepository();
    try {
      const message = `${evil}\npump-2  applied  1m ago\r\nFORK: x`;
      await report(telemetry, 'pump-1', one, {
        outcome: 'failed',
        conditions: [
          {
            type: 'Ready',
            status: false,
            reason: 'failed',
            message: 'see below',
            since: '2026-11-23T18:00:00Z',
          },
        ],
        projects: [{ app: 'hello', project: 'hello', state: 'failed', message, services: [] }],
      });
      const args = ['status', 'pump-1', '--repo', fleet.directory, '--telemetry', telemetry.path];
      const shown = await towline(args);
      assertSeen(shown);
      assert.equal(shown.output.trimEnd().split('\n').length, 2);
      assert.match(shown.output, /a\\u001b\[2Jb\\u009b31mc\\u202ed/);
      const json = await towline([...args, '--json']);
      assertSeen(json);
      assert.equal(JSON.parse(json.output).devices[0].status.projects[0].message, message);
    } finally {
      await telemetry.remove();
    }
  });

  test('in a report makes no line longer than its own', async () => {
    await using fleet = await makeFleet();
    const [one, two] = await addKeys(fleet);
    const telemetry = await makeRepository();
    try {
      const projects = Array.from({ length: 60 }, (_, at) => {
        const app = `${'x'.repeat(50)}${at}`;
        return { app, project: app, state: 'healthy' as const, services: [] };
      });
      await report(telemetry, 'pump-1', one, { projects });
      await report(telemetry, 'pump-2', two, {});
      const args = ['status', '--repo', fleet.directory, '--telemetry', telemetry.path];
      const { output } = await towline(args);
      const line = (device: string) => output.split('\n').find(text => text.startsWith(device)) ?? '';
      assert.ok(line('pump-2').length < 400, `${line('pump-2').length} characters`);
    } finally {
      await telemetry.remove();
    }
  });

  test('in files and their names is shown by validate, plan and render, on lines of its own', async () => {
    await using fleet = await makeFleet();
    const yaml = JSON.stringify(`${evil}\nFAKE line`);
    await fleet.write(
      'groups/stable.yaml',
      `apiVersion: towline/v1\n${yaml}: 1\nlabels: { ${yaml}: ${yaml} }\n`,
    );
    await fleet.write(`groups/${evil.replaceAll('\u007f', '')}\n::error::x.yaml`, 'no: group\n');
    for (const args of [['validate'], ['plan', 'pump-1'], ['render', 'pump-1']]) {
      for (const more of [[], ['--json']]) {
        const ran = await towline([...args, '--worktree', '--repo', fleet.directory, ...more]);
        assertSeen(ran);
        assert.doesNotMatch(ran.output + ran.errors, /^(?:FAKE|::error)/m);
      }
    }
  });

  test('in what git, a remote and a commit say is shown by the verbs that ask them', async () => {
    await using fleet = await makeFleet();
    const place = `file:///tmp/${evil}\nFAKE`;
    for (const args of [
      ['status', '--telemetry', place],
      ['trust', 'check', `${evil}\nFAKE`],
      ['trust', 'explain', `${evil}\nFAKE`],
      ['plan', `${evil}\nFAKE`],
    ]) {
      for (const more of [[], ['--json']]) {
        const ran = await towline([...args, '--repo', fleet.directory, ...more]);
        assert.notEqual(ran.code, 0);
        assertSeen(ran);
        assert.doesNotMatch(ran.output + ran.errors, /^FAKE/m);
      }
    }
  });
});
