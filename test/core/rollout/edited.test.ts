/** A bot edits two values of a file that people wrote. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { editedRollout } from '../../../core/rollout/edited.ts';

const text = `# why: INC-42
apiVersion: towline/v1
app:   hello
from: ['1.4.2']   # quoted so
to: 1.5.0
stages:
    - {name: canary, select: {groups: [canary]}, hold: 4h}
stage: 0 # of one
reason: "a word"
# the end`;

test('a step changes its own values and not a blank besides; what was not there stands behind the rest', () => {
  const edited = editedRollout('r.yaml', text, { stage: 1, since: '2026-11-28T12:00:00Z' });
  assert.equal(edited, `${text.replace('stage: 0 #', 'stage: 1 #')}\nsince: "2026-11-28T12:00:00Z"\n`);
  const again = editedRollout('r.yaml', edited, { since: '2026-11-29T12:00:00Z' });
  assert.equal(again, edited.replace('11-28', '11-29'));
});

test('a reason may hold what it wants, and goes again', () => {
  const edited = editedRollout('r.yaml', text, { paused: true, reason: 'a: "b"\n# c' });
  assert.equal(edited, `${text.replace('"a word"', '"a: \\"b\\"\\n# c"')}\npaused: true\n`);
  assert.equal(editedRollout('r.yaml', text, { reason: undefined }), text.replace('reason: "a word"\n', ''));
});

test('a reason of several lines is written over, and goes, whole; the next key stays where it is', () => {
  for (const block of ['|', '>', '|-', '|+']) {
    const long = `stage: 1\nreason: ${block} # why\n  a word\n\n  and more\nsince: 2026-11-28T12:00:00Z\n`;
    assert.equal(
      editedRollout('r.yaml', long, { paused: true, reason: 'b' }),
      'stage: 1\nreason: "b"\nsince: 2026-11-28T12:00:00Z\npaused: true\n',
    );
    assert.equal(
      editedRollout('r.yaml', long, { reason: undefined }),
      'stage: 1\nsince: 2026-11-28T12:00:00Z\n',
    );
  }
  const last = 'stage: 1\nreason: |\n  a word';
  assert.equal(editedRollout('r.yaml', last, { reason: 'b' }), 'stage: 1\nreason: "b"\n');
  assert.equal(editedRollout('r.yaml', last, { reason: undefined }), 'stage: 1\n');
});

test('a line end of a file is that of what is added to it', () => {
  const windows = 'stage: 1\r\nreason: why\r\n';
  const edited = editedRollout('r.yaml', windows, { stage: 2, paused: true, reason: undefined });
  assert.equal(edited, 'stage: 2\r\npaused: true\r\n');
});

test('what is not edited line by line is refused, and not written anew', () => {
  for (const other of [
    '{app: hello, stage: 0}',
    'stage: 0\n...\n',
    'stage: [0]\n',
    'stage: 0\nstage: [\n',
    '? reason\n: why\nstage: 0\n',
  ])
    assert.throws(() => editedRollout('r.yaml', other, { stage: 1, reason: undefined, since: 'x' }), {
      code: 'FLEET_SCHEMA',
    });
});
