import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Terminal } from '../../../cli/command/terminal.ts';
import type { Sight } from '../../../cli/status/sight.ts';
import { lines, redrawn } from '../../../cli/status/views.ts';
import { statusOf } from './reports.ts';

/** Of one device that nobody gave keys to, and one that has no file any more. */
function sight(outcome: 'applied' | 'failed'): Sight {
  const status = statusOf('gone', { outcome });
  return {
    fleet: { devices: new Map([['pump-1', { value: {} }]]), groups: new Map(), file: { value: {} } },
    devices: ['gone', 'pump-1'],
    reports: new Map([['gone', { device: 'gone', commit: 'a'.repeat(40), status, doubt: undefined }]]),
    ...{ forks: [], distances: new Map() },
  } as unknown as Sight;
}

function heard(isTTY: boolean): { terminal: Terminal; taken: () => string } {
  let text = '';
  const write = (more: string) => {
    text += more;
  };
  const taken = () => {
    const all = text;
    text = '';
    return all;
  };
  return { terminal: new Terminal({ write, isTTY, columns: 500 }, { NO_COLOR: '1' }), taken };
}

const anew = '\u001b[H\u001b[2J\u001b[3J';

test('on a screen the table stands where it stood; what is in the way stands below it', () => {
  const { terminal, taken } = heard(true);
  const view = redrawn(terminal);
  view.show(sight('applied'));
  const first = taken();
  assert.ok(first.startsWith(`${anew}DEVICE `));
  assert.match(first, /\ngone +applied .*unknown here.*\npump-1 +no keys .*\n$/);
  view.trouble('CLI_GATEWAY_UNREACHABLE: no answer');
  assert.equal(taken(), `${first}CLI_GATEWAY_UNREACHABLE: no answer\n`);
});

test('in a pipe a change is a line, and what lasts is said once', () => {
  for (const json of [false, true]) {
    const { terminal, taken } = heard(false);
    const view = lines(terminal, json);
    view.show(sight('applied'));
    assert.equal(taken().split('\n').length, 3);
    view.show(sight('applied'));
    assert.equal(taken(), '');
    view.trouble('no answer');
    view.trouble('no answer');
    assert.equal(taken().split('\n').length, 2);
    view.show(sight('failed'));
    const [line = '', end] = taken().split('\n');
    assert.equal(end, '');
    if (json) assert.equal(JSON.parse(line).status.outcome, 'failed');
    else
      assert.match(
        line,
        /^[\dTZ:-]+ gone failed: trusts 111111111111 \(unknown here\); runs hello 1\.0\.0 healthy$/,
      );
    assert.ok(!line.includes('\u001b'));
  }
});
