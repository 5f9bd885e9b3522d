/** `/tunnel` of a file that people wrote is changed, and not one byte besides. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { closingOf, openingOf, type Standing } from '../../../core/change/tunnel/opening.ts';
import { withTunnel } from '../../../core/change/tunnel/tunnel-text.ts';
import { isTowlineError } from '../../../core/errors.ts';

const until = '2026-11-29T06:00:00Z';
const open = { state: 'open', until, reason: 'INC-42: it "stalls" # at noon', allow: ['alice'] } as const;
const opening = { ...open, allow: [...open.allow] };

/** Lines that stand in both, in order: what was not touched. */
const untouched = (before: string, after: string): boolean => {
  const lines = after.split('\n');
  return before
    .split('\n')
    .filter(line => !/tunnel|state|until|reason|allow|^ *- |^ {4}(one|two)|^[{}]/.test(line))
    .every(line => lines.splice(0, lines.indexOf(line) + 1).includes(line));
};

const files: Readonly<Record<string, string>> = {
  'a word with a comment':
    '# the corner\napiVersion: towline/v1   # first\ntunnel: closed # mostly\n\n# where\nlabels: {site:   berlin}\n',
  'nothing yet': '---\napiVersion: towline/v1\n# the end\n',
  'nothing yet, nor a line end': 'apiVersion: towline/v1',
  'nothing yet, and an end of document': 'apiVersion: towline/v1\n...\n',
  'a block with comments':
    'apiVersion: towline/v1\ntunnel:\n  # why\n  state: closed # now\n\n  allow:   # these\n    - bob\n    - alice\n  # last\nlabels:\n  a: "1"\n',
  'a flow map': 'apiVersion: towline/v1\ntunnel: {state: closed, allow: [bob]} # so\nlabels: { a: "1" }\n',
  'a flow map over lines': 'tunnel: {\n  state: closed,\n  allow: [bob]\n}\napiVersion: towline/v1\n',
  'no value': 'apiVersion: towline/v1\ntunnel:\nlabels: { a: "1" }\n',
  JSON: '{"apiVersion": "towline/v1", "labels": {"a": "1"}}\n',
  'JSON with one': '{"tunnel": "closed", "apiVersion": "towline/v1"}\n',
  'line ends of another system': 'apiVersion: towline/v1\r\n# c\r\nlabels: {}\r\n',
  'a block with those': 'apiVersion: towline/v1\r\ntunnel:\r\n  state: closed # c\r\nlabels: {}\r\n',
  'a quoted key': '"apiVersion": towline/v1\n"tunnel": "closed"\n',
  'a reason over lines':
    'tunnel:\n  state: open\n  reason: |\n    one\n    two\n  until: 2026-01-01T00:00:00Z\napiVersion: towline/v1\n',
};

for (const [name, text] of Object.entries(files)) {
  test(`${name}: opened and closed again, all else stays`, () => {
    const opened = withTunnel('devices/a.yaml', text, opening);
    const rest = ({ tunnel: _, ...other }: Record<string, unknown>) => other;
    assert.deepEqual(parse(opened).tunnel, opening, opened);
    assert.deepEqual(rest(parse(opened)), rest(parse(text)));
    assert.ok(untouched(text, opened), opened);
    assert.equal(withTunnel('devices/a.yaml', opened, opening), opened);
    const closed = withTunnel('devices/a.yaml', opened, { state: 'closed' });
    assert.deepEqual(
      [parse(closed).tunnel?.state ?? parse(closed).tunnel, parse(closed).tunnel?.allow],
      ['closed', undefined],
    );
    assert.ok(untouched(text, closed), closed);
    assert.equal(opened.includes('\r\n'), text.includes('\r\n'));
    assert.equal(/[^\r]\n/.test(opened), /[^\r]\n/.test(text) || !/\n/.test(text));
  });
}

test('where one word stood, closing it gives back the file byte for byte', () => {
  const text = files['a word with a comment'] ?? '';
  const opened = withTunnel('devices/a.yaml', text, opening);
  assert.equal(withTunnel('devices/a.yaml', opened, { state: 'closed' }), text);
});

test('comments beside and between the values of a block stay', () => {
  const opened = withTunnel('devices/a.yaml', files['a block with comments'] ?? '', opening);
  assert.match(
    opened,
    /^ {2}# why\n {2}state: open # now\n\n {2}allow: {3}# these\n {4}\[alice\]\n/m,
    opened,
  );
  assert.match(opened, /^ {2}# last\nlabels:\n {2}a: "1"\n/m);
});

for (const [what, text] of Object.entries({
  'an anchor': 'apiVersion: towline/v1\nlabels: &l { a: "1" }\ntunnel: closed\n',
  'an alias': 'apiVersion: towline/v1\nlabels: &l { a: "1" }\nvariables: *l\n',
  'a tag': 'apiVersion: !!str towline/v1\n',
  'a merge key': 'apiVersion: towline/v1\nlabels:\n  <<: {}\n',
  'a key twice': 'apiVersion: towline/v1\ntunnel: closed\ntunnel: closed\n',
  'a second document': 'apiVersion: towline/v1\n---\ntunnel: closed\n',
  'a list': '- tunnel\n',
  nothing: '',
  'comments within a flow map': 'tunnel: { state: closed, # why\n  allow: [bob] }\n',
})) {
  test(`${what}: refused, as a narrow rule would not cover it`, () => {
    assert.throws(
      () => withTunnel('devices/a.yaml', text, opening),
      error => isTowlineError(error, 'TUNNEL_FILE') && error.message.startsWith('devices/a.yaml '),
    );
  });
}

const nowMs = Date.parse('2026-11-29T05:00:00Z');
const times = { nowMs, maxMs: 3_600_000 };
const closed = { own: 'closed', merged: { state: 'closed' } } as const;
const standing = {
  own: { state: 'open', until: '2026-11-29T05:30:00Z', reason: 'one' },
  merged: { state: 'open', untilMs: nowMs + 1_800_000 },
} as const;

test('an end always stands in an opening', () => {
  assert.deepEqual(openingOf({}, closed, times), { state: 'open', until });
  const byWord = { own: 'open', merged: { state: 'open' } } as const;
  assert.deepEqual(openingOf({}, byWord, times), { state: 'open', until });
});

test('an end further ahead than a tunnel may be open is none: the one that holds is written', () => {
  const farAhead = { ...standing, merged: { state: 'open', untilMs: Date.UTC(2099, 0, 1) } } as const;
  assert.deepEqual(openingOf({}, farAhead, times), { state: 'open', until, reason: 'one' });
});

test('an opening that stands is added to, and nobody is sent away', () => {
  assert.equal(openingOf({}, standing, times), undefined);
  assert.equal(openingOf({ untilMs: nowMs + 60_000 }, standing, times), undefined);
  assert.equal(openingOf({ allow: ['bob'] }, standing, times), undefined);
  const longer = openingOf({ untilMs: nowMs + 7_200_000, reason: 'two' }, standing, times);
  assert.deepEqual(longer, { state: 'open', until: '2026-11-29T07:00:00Z', reason: 'two' });
  const some: Standing = { ...standing, own: { ...standing.own, allow: ['alice'] } };
  assert.deepEqual(openingOf({ allow: ['bob'] }, some, times)?.allow, ['alice', 'bob']);
});

test('what has ended by its time, or is closed, begins anew: who was named stays named', () => {
  const over = { ...standing, merged: { state: 'open', untilMs: nowMs - 1 } } as const;
  assert.deepEqual(openingOf({}, over, times), { state: 'open', until });
  assert.equal(closingOf(over, undefined, nowMs), undefined);
  const narrow: Standing = { own: { state: 'closed', allow: ['alice'] }, merged: { state: 'closed' } };
  assert.deepEqual(openingOf({}, narrow, times)?.allow, ['alice']);
  assert.deepEqual(openingOf({ allow: ['bob'] }, narrow, times)?.allow, ['bob']);
});

test('closing takes back the opening, and what it does not know it keeps', () => {
  assert.equal(closingOf(closed, undefined, nowMs), undefined);
  assert.deepEqual(closingOf(standing, undefined, nowMs), { state: 'closed' });
  assert.deepEqual(closingOf(standing, ['alice'], nowMs), { state: 'closed', allow: ['alice'] });
  const byGroup = { own: undefined, merged: { state: 'open' } } as const;
  assert.deepEqual(closingOf(byGroup, undefined, nowMs), { state: 'closed' });
});
