/** Our reading of trailers is git's own: compared over generated messages with `git interpret-trailers --parse`. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import fc from 'fast-check';
import { isMeantForMain } from '../../../../core/trust/step/intent.ts';
import { trailersOf } from '../../../../core/trust/step/trailers.ts';
import { fuzzed } from '../../../fuzz/fuzzed.ts';

/** Nobody's settings, and no repository. */
const env = {
  PATH: process.env.PATH,
  HOME: '/nonexistent',
  XDG_CONFIG_HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_DIR: '/nonexistent',
};
const git = (args: readonly string[], input = ''): string =>
  execFileSync('git', args, { env, input, encoding: 'utf8' });
const asGit = (message: string) => git(['interpret-trailers', '--parse', '--no-divider'], message);
const folder = mkdtempSync(join(tmpdir(), 'tl-trailers-'));
after(() => rmSync(folder, { recursive: true }));
/** Each message in a file of its own, with one between that git answers by a line: one process for all of them. */
function allAsGit(messages: readonly string[]): string[] {
  const between = join(folder, 'between');
  writeFileSync(between, 'x\n\nAnd-The-Next: one\n');
  const files = messages.map((text, index) => {
    writeFileSync(join(folder, `${index}`), text);
    return [join(folder, `${index}`), between];
  });
  const answers = git(['interpret-trailers', '--parse', '--no-divider', ...files.flat()]);
  return answers.split('And-The-Next: one\n').slice(0, -1);
}
const asOurs = (message: string) =>
  trailersOf(message)
    .map(({ token, value }) => `${token}: ${value}\n`)
    .join('');
const version = git(['version']).trim();

const cut = '# ------------------------ >8 ------------------------';
const line = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('', '', ' ', '\t', '\r', ' \r') },
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      'Towline-Ref: f/main',
      'towline-ref : f/main',
      'Signed-off-by: A <a@a>',
      'Signed-off-by:A',
      'signed-off-by: a',
      '(cherry picked from commit 0123456789abcdef0123456789abcdef01234567)',
      '(cherry picked from 0123)',
      'Key: value',
      'Key:',
      'Key\t : value : more \t',
      ': value',
      'two words: value',
      'Ümlaut: x',
      'a_b: x',
      'https://example.com/x',
      '1-2: 3\r',
    ),
  },
  {
    weight: 4,
    arbitrary: fc.constantFrom(' goes on', '\tgoes on', '  Key: value', '\rx', '\u000bx', '\u00a0x: y'),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom('prose', 'Conflicts:', 'Conflicts: x', '\tfile', '--- ', '---', '--- a/x'),
  },
  { weight: 2, arbitrary: fc.constantFrom('#', '# comment', '#Key: value', ' # x', cut, `${cut} `, '>8') },
);
const message = fc
  .tuple(fc.array(line, { maxLength: 14 }), fc.constantFrom('', '\n', '\n\n', 'Subject\n\n'), fc.boolean())
  .map(([lines, before, ends]) => `${before}${lines.join('\n')}${ends ? '\n' : ''}`);
const anything = fc
  .string({ unit: fc.constantFrom(...'aK-: \t\r\n#(.\u00e9'), maxLength: 60 })
  .map(text => `x\n\n${text}`);

test(`generated messages are read as ${version} reads them`, async () => {
  await fuzzed(
    'trailers as git',
    fc.property(fc.array(fc.oneof(message, message, anything), { minLength: 20, maxLength: 20 }), texts =>
      assert.deepEqual(texts.map(asOurs), allAsGit(texts)),
    ),
    { runs: 40 },
  );
});

describe(`what is written in practice, ${version}`, () => {
  const messages: Readonly<Record<string, string>> = {
    'cherry-pick -x': 'S\n\nB\n\n(cherry picked from commit 0123)\nTowline-Ref: f/main\n',
    'a quarter of trailers beside a sign-off': 'S\n\nSigned-off-by: a\none\ntwo\nthree\n',
    'less than a quarter': 'S\n\nSigned-off-by: a\none\ntwo\nthree\nfour\n',
    'a line --- before': 'S\n\nB\n---\n file | 2 +-\n\nTowline-Ref: f/main\n',
    'a verbose commit': `S\n\nTowline-Ref: f/main\n\n# comment\n${cut}\n# more\ndiff\n\nKey: value\n`,
    'old conflicts': 'S\n\nTowline-Ref: f/main\n\nConflicts:\n\ta\n\tb\n',
    folded: 'S\n\nKey: one\n two\n\tthree  \nTowline-Ref: f/main\n',
    'a comment between': 'S\n\nKey: one\n# two\n three\nTowline-Ref: f/main\n',
    CRLF: 'S\r\n\r\nTowline-Ref: f/main\r\n',
    'the title alone': 'Towline-Ref: f/main\n',
    'the first paragraph': 'S\nTowline-Ref: f/main\n',
  };
  for (const [name, text] of Object.entries(messages))
    test(name, () => assert.equal(asOurs(text), asGit(text)));
});

test('from walk 2 on the block of the trailer is git’s; before, one of trailers alone', () => {
  const cases: readonly [message: string, first: boolean, second: boolean][] = [
    ['x\n\nTowline-Ref: f/main\n', true, true],
    ['x\n\n(cherry picked from commit 0123)\nTowline-Ref: f/main\n', false, true],
    ['x\n\n(cherry picked from commit 0123)\n\nTowline-Ref: f/main\n', true, true],
    ['x\n\nbody\n---\nmore\n\nTowline-Ref: f/main\n', true, true],
    ['x\n\nTowline-Ref: f/main\n---\n', false, false],
    ['x\n\nSigned-off-by: a\nprose\nTowline-Ref: f/main\n', false, true],
    ['x\n\nprose\nTowline-Ref: f/main\n', false, false],
    ['x\n\nTowline-Ref: f/main\n# a comment\n', false, true],
    ['x\n\nTowline-Ref:\n f/main\n', false, true],
    ['x\n\nTowline-Ref : f/main\n', false, true],
    ['x\n\nTowline-Ref: f/main\nTowline-Ref : f/main\n', true, false],
    ['x\n\nTowline-Ref : f/main\n\nTowline-Ref: f/main\n', true, false],
    ['x\n\n Towline-Ref: f/main\n', false, false],
    ['x\n\nTowline-Ref: f/main\u00a0\n', true, false],
    ['x\n\nTowline-Ref: f/main\n\nConflicts:\n\ta\n', false, true],
    ['x\n\nTowline-Ref: f/main\n\nlater\n', false, false],
    ['Towline-Ref: f/main\n', false, false],
  ];
  for (const [text, first, second] of cases) {
    assert.equal(isMeantForMain(text, 'f', 1), first, `walk 1: ${JSON.stringify(text)}`);
    assert.equal(isMeantForMain(text, 'f', 2), second, `walk 2: ${JSON.stringify(text)}`);
  }
});
