/** Files that people wrote are changed where a verb changes them, and nowhere else. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { editedText } from '../../../core/change/edited-yaml.ts';

const files: Readonly<Record<string, string>> = {
  'flow maps with blanks, and a mark at the beginning':
    '---\napiVersion: towline/v1\napps: { hello: { release: 1.0.0 } }\ngroups: [stable]   # mostly\nlabels:\n  site: x\n...\n',
  'an indentation of four, aligned values and comments':
    '# top\n\napiVersion: towline/v1\n\n# about\nlabels:\n    site: berlin   # sea\n\n    floor: "2"\n\n# end\ntunnel:   closed\n',
  'lists that are not indented':
    'apiVersion: towline/v1\nwindows:\n- start: "0 3 * * *"   # night\n  duration: 2h\nlabels:\n  site: x\n',
  'line ends of Windows': 'apiVersion: towline/v1\r\n# note\r\nlabels:\r\n  site: x\r\ntunnel: closed\r\n',
  'a list over lines, quotes of either kind':
    'apiVersion: \'towline/v1\'\ngroups:\n  [\n    "stable", # one\n    canary,\n  ]\nlabels:\n  site: x\n',
};

for (const [name, text] of Object.entries(files)) {
  test(`a line more is the whole difference: ${name}`, () => {
    const edited = editedText('f.yaml', text, document => document.setIn(['labels', 'new'], 'v'));
    const lines = edited.split('\n');
    const added = lines.findIndex(line => line.trim() === 'new: v');
    assert.equal([...lines.slice(0, added), ...lines.slice(added + 1)].join('\n'), text);
    assert.deepEqual(parse(edited), { ...parse(text), labels: { ...parse(text).labels, new: 'v' } });
  });
}

test('two lines that look alike are not taken for each other', () => {
  const text = 'a:\n    x:  1\nb:\n    x: 1\n';
  const edited = editedText('f.yaml', text, document => document.setIn(['b', 'x'], 2));
  assert.deepEqual(parse(edited), { a: { x: 1 }, b: { x: 2 } });
});

test('a list gets one more, indented as the others are', () => {
  const text = 'windows:\n  - start: a\n    duration: 2h # long\nlabels: { site: x }\n';
  const edited = editedText('f.yaml', text, document => document.addIn(['windows'], { start: 'b' }));
  assert.equal(edited, text.replace('labels', '  - start: b\nlabels'));
});
