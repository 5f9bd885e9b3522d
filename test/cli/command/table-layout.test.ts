import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cellLines, fittingWidths, recordLines } from '../../../cli/command/table-layout.ts';
import { Terminal } from '../../../cli/command/terminal.ts';
import { columns } from '../../../cli/status/rows.ts';

const why = 'image registry.example.com/team/web:1.1 is not on the device, and is pulled first';

function printed(
  options: { isTTY?: boolean; columns?: number },
  environment: Record<string, string> = {},
): string[] {
  let text = '';
  const output = { ...options, write: (more: string) => (text += more) };
  new Terminal(output, { NO_COLOR: '1', ...environment }).table(
    ['#', 'STEP', 'WHY'],
    [['1', 'pull-image', why]],
    '  ',
  );
  return text.trimEnd().split('\n');
}

test('the widest columns give way, none below what can be read', () => {
  assert.deepEqual(fittingWidths([5, 10, 20], 40), [5, 10, 20]);
  assert.deepEqual(fittingWidths([5, 10, 40], 40), [5, 10, 25]);
  assert.deepEqual(fittingWidths([30, 40], 40), [20, 20]);
  assert.deepEqual(fittingWidths([30, 40], 5), [10, 10]);
});

test('a cell is broken between words, and within a word that has no room', () => {
  assert.deepEqual(cellLines('one two three', 8), ['one two', 'three']);
  assert.deepEqual(cellLines('sha256:0123456789 x', 8), ['sha256:0', '12345678', '9 x']);
  assert.deepEqual(cellLines('', 8), ['']);
});

test('a table fits the terminal, loses nothing, and is as it was where a program reads it', () => {
  const piped = printed({});
  assert.deepEqual(piped, ['  #  STEP        WHY', `  1  pull-image  ${why}`]);
  assert.deepEqual(printed({ columns: 40 }, { COLUMNS: '40' }), piped);
  assert.deepEqual(printed({ isTTY: true, columns: 200 }), piped);
  for (const narrow of [printed({ isTTY: true, columns: 48 }), printed({ isTTY: true }, { COLUMNS: '48' })]) {
    assert.ok(
      narrow.every(line => line.length <= 48),
      narrow.join('\n'),
    );
    assert.equal(
      narrow
        .slice(1)
        .map(line => line.slice(17))
        .join('')
        .replaceAll(' ', ''),
      why.replaceAll(' ', ''),
    );
  }
});

test('where not even the narrowest columns fit, each row is a record', () => {
  const rows = [
    ['pump-1', 'applied', 'needs image registry.example.com/web:1.1'],
    ['pump-2', 'never seen', '-'],
  ];
  const records = recordLines(['DEVICE', 'OUTCOME', 'WHY'], rows, 30);
  assert.deepEqual(records, [
    'DEVICE   pump-1',
    'OUTCOME  applied',
    'WHY      needs image',
    '         registry.example.com/',
    '         web:1.1',
    '',
    'DEVICE   pump-2',
    'OUTCOME  never seen',
  ]);
  const head = [...columns];
  const row = head.map(title => `${title.toLowerCase()} of a device, in some more words`);
  for (const width of [20, 40, 80, 200]) {
    let text = '';
    const output = { isTTY: true, columns: width, write: (more: string) => (text += more) };
    new Terminal(output, { NO_COLOR: '1' }).table(head, [row, row]);
    const lines = text.trimEnd().split('\n');
    assert.ok(
      lines.every(line => line.length <= width),
      `${width}:\n${text}`,
    );
    for (const title of head) assert.ok(text.includes(title), title);
  }
});

test('where room is scarce, columns in which nothing stands are left out', () => {
  const head = ['DEVICE', 'OUTCOME', 'RUNS', 'WHY'];
  const lines = (columns: number) => {
    let text = '';
    const output = { isTTY: true, columns, write: (more: string) => (text += more) };
    new Terminal(output, { NO_COLOR: '1' }).table(head, [['pump-1', 'no keys', '-', 'waits for a person']]);
    return text.trimEnd().split('\n');
  };
  assert.deepEqual(lines(80), ['DEVICE  OUTCOME  RUNS  WHY', 'pump-1  no keys  -     waits for a person']);
  assert.deepEqual(lines(36), ['DEVICE  OUTCOME  WHY', 'pump-1  no keys  waits for a person']);
});

test('a character is not broken into halves', () => {
  const lines = cellLines('🙂'.repeat(11), 11);
  assert.deepEqual(lines, ['🙂'.repeat(5), '🙂'.repeat(5), '🙂']);
});
