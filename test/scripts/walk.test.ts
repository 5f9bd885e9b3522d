/**
 * The short form of `npm run walk`, which types the pages on machines that systemd has booted: the blocks and lines that it types
 * stand on the pages, and every `towline` line of a page names verbs and options that there are.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import type { Command } from 'commander';
import { makeProgram } from '../../cli/program.ts';
import { blocksOf, commandsOf, linesOf } from '../../scripts/walk/page.ts';
import { treeFiles } from '../architecture/tree.ts';

const root = path.join(import.meta.dirname, '../..');
const pages = treeFiles(file => file === 'README.md' || /^docs\/(?:guides\/.*|trust)\.md$/.test(file));
const read = (page: string) => readFileSync(path.join(root, page), 'utf8');

test('each block and line that the walk types stands on its page', async () => {
  for (const chapter of [
    'first-fleet',
    'real-machines',
    'days',
    'guides',
    'access',
    'access-gateway',
    'retire',
  ]) {
    await import(`../../scripts/walk/${chapter}.ts`);
  }
});

test('a page is read as somebody reads who types: fences, margins, lists, what goes on in the next line', () => {
  const text = [
    '# Title',
    'Words.',
    '',
    '    one',
    '    two',
    '## Next',
    '1. A step:',
    '',
    '   ```sh',
    '   a \\',
    '     b',
    '   # said, not typed',
    "   cat <<'EOF'",
    '   c',
    '',
    '   EOF',
    '   ```',
  ].join('\n');
  const [first, second] = blocksOf('p.md', text);
  assert.deepEqual(first, { page: 'p.md', heading: 'Title', line: 4, language: '', text: 'one\ntwo' });
  assert.equal(second?.heading, 'Next');
  assert.deepEqual(commandsOf(second?.text ?? ''), ['a \\\n  b', "cat <<'EOF'\nc\n\nEOF"]);
  const loop = 'list |\nwhile read -r one; do\n  show "$one" |\n  while read -r x; do y; done\ndone';
  assert.deepEqual(commandsOf(`${loop}\nnext`), [loop, 'next']);
});

/** What of remote access the walk does not type, and what does. */
const typedElsewhere: Readonly<Record<string, string>> = {
  'Who may do what': 'test/core/fleet/guides.test.ts',
  'By the repository: `access.logins`': 'test/agent/access/logins/host-logins.test.ts',
  'Come in': 'test/cli/ssh/ssh.test.ts',
  'With a forge in front': 'test/cli/tunnel/forge.test.ts',
  'Ask and grant': 'test/core/fleet/guides.test.ts',
  'Certificates, by an OpenID provider': 'test/gateway/certificates/login.test.ts',
  'Look on, type along, show a guest': 'test/agent/access/sessions/sessions.test.ts',
  "For the gateway's admin": 'test/agent/access/sessions/guests.test.ts',
};

test('each block on remote access is typed by the walk, or by a test that is named here', async () => {
  const { guide, containers, desk, hostLogins } = await import('../../scripts/walk/access.ts');
  const { ways, sharing } = await import('../../scripts/walk/access-gateway.ts');
  const left = [guide, containers, desk, hostLogins, ways, sharing].flatMap(page => page.untaken());
  const unknown = left.filter(({ heading }) => !existsSync(path.join(root, typedElsewhere[heading] ?? '?')));
  assert.deepEqual(unknown, []);
});

/** `help` is commander's own; the other is the first line of what an approval signs. */
const notCommands = new Set(['help VERB', 'approval v1']);

/** What is wrong with a line of the command, if anything is. */
function wrong(program: Command, words: readonly string[]): string | undefined {
  let verb = program;
  // `--type login refusal`: of one that takes several, all that follows.
  let takesSeveral = false;
  for (const [index, word] of words.entries()) {
    if (word === '--') return undefined;
    // Standard input.
    if (word === '-') continue;
    // A group that devices leave: `device group pump-1 +canary -stable`.
    if (verb.name() === 'group' && /^-[a-z0-9]{2}/.test(word)) continue;
    if (word.startsWith('-')) {
      const [name] = word.split('=');
      const known = [...verb.options.flatMap(({ short, long }) => [short, long]), '--help', '--version'];
      if (!known.includes(name)) return `no option ${name}`;
      takesSeveral = verb.options.some(
        ({ short, long, variadic }) => variadic && [short, long].includes(name),
      );
      continue;
    }
    if (takesSeveral) continue;
    const below = verb.commands.find(one => one.name() === word);
    if (below !== undefined) verb = below;
    else if (
      verb.commands.length > 0 &&
      words[index - 1]?.startsWith('-') !== true &&
      /^[a-z][a-z-]*$/.test(word)
    )
      if (verb.registeredArguments.length === 0)
        // A verb may have arguments as well as verbs below it.
        return `no verb ${word}`;
  }
  return undefined;
}

test('every towline line of README and guides names verbs and options that there are', async () => {
  const program = await makeProgram();
  const found: string[] = [];
  let count = 0;
  for (const page of pages) {
    const text = read(page);
    const blocks = blocksOf(page, text).filter(({ language }) => ['', 'sh', 'bash'].includes(language));
    for (const command of [...blocks.flatMap(block => commandsOf(block.text)), ...linesOf(text)]) {
      for (const part of command.replaceAll(/\$\([^)]*\)/g, 'X').split(/&&|\||;|#|\n(?! )/)) {
        const [, words] = /^(?:\w+=\S+ )*towline ([a-z-].*)$/.exec(part.trim()) ?? [];
        if (words === undefined || notCommands.has(words)) continue;
        count += 1;
        const problem = wrong(program, words.replaceAll(/[[\]]/g, '').split(/\s+/));
        if (problem !== undefined) found.push(`${page}: ${part.trim()}: ${problem}`);
      }
    }
  }
  assert.deepEqual(found, []);
  assert.ok(count > 80, `${count} lines`);
});
