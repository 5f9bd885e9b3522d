/** The terminal in which a desk's person is asked: no answer goes to another question than the one that they saw. */
import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { Terminal } from '../../../cli/command/terminal.ts';
import { DeskTerminal } from '../../../cli/portal/desk-terminal.ts';
import { eventually } from '../../../lab/rig/eventually.ts';

test('what is typed just after a question was taken back answers no other that has come in its place', async () => {
  const input = Object.assign(new PassThrough(), { isTTY: true }) as unknown as NodeJS.ReadStream;
  const output = new PassThrough().setEncoding('utf8');
  let shown = '';
  output.on('data', (text: string) => {
    shown += text;
  });
  const terminal = new Terminal(output, {});
  using desk = new DeskTerminal({
    terminal,
    input,
    entered: () => assert.fail('it was no wish for an address'),
  });
  const page = new AbortController();
  const wanted = desk.ask('Pause pump-1?', page.signal);
  await eventually(() => shown.includes('pump-1?'));
  page.abort();
  assert.equal(await wanted, undefined);
  const other = desk.ask('Open the tunnel of pump-2?', new AbortController().signal);
  await eventually(() => shown.includes('pump-2?'));
  let answer: string | undefined = 'none yet';
  const answered = other.then(typed => {
    answer = typed;
  });
  (input as unknown as PassThrough).write('y\n');
  await eventually(() => shown.includes('once more'));
  assert.equal(answer, 'none yet');
  (input as unknown as PassThrough).write('n\n');
  await answered;
  assert.equal(answer, 'n');
});
