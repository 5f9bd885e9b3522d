import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Command, Help } from 'commander';
import { exitCodeMeanings, exitCodeOf } from '../../cli/command/exit-code.ts';
import { Terminal } from '../../cli/command/terminal.ts';
import { makeProgram } from '../../cli/program.ts';
import { towlineProcess as towline } from './towline.ts';

function verbs(
  command: Command,
  path: readonly string[] = [],
): { path: readonly string[]; command: Command }[] {
  const own = command.commands.flatMap(one => verbs(one, [...path, one.name()]));
  return path.length > 0 ? [{ path, command }, ...own] : own;
}

function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({
    writeOut: part => {
      text += part;
    },
  });
  command.outputHelp();
  return text;
}

/** As a shell would split them: a text in quotes is one word. */
const wordsOf = (line: string): string[] =>
  (line.match(/(?:"[^"]*"|[^\s"])+/g) ?? []).map(word => word.replaceAll('"', ''));

describe('the help of towline', () => {
  test('has examples for every verb and every group of verbs', async () => {
    const without = verbs(await makeProgram()).filter(
      ({ command }) => !helpOf(command).includes('Examples:'),
    );
    assert.deepEqual(
      without.map(({ path }) => path.join(' ')),
      [],
    );
  });

  test('has no example that the command line would refuse', async () => {
    const lines = new Set(
      [{ path: [''], command: await makeProgram() }, ...verbs(await makeProgram())].flatMap(({ command }) =>
        [...helpOf(command).matchAll(/^ {2}\$ (.*)$/gm)].map(([, line]) => line ?? ''),
      ),
    );
    const asked = [...lines].flatMap(line =>
      [...line.matchAll(/\btowline ([^&<>|)]*)/g)].map(([, words]) => wordsOf(words ?? '')),
    );
    assert.ok(asked.length > 50);
    for (const words of asked) {
      const program = await makeProgram();
      for (const { command } of verbs(program)) command.action(() => undefined);
      await assert.doesNotReject(program.parseAsync(words, { from: 'user' }), words.join(' '));
    }
  });

  test('lists each verb as the verb itself says it is used', async () => {
    const whole = await makeProgram();
    const term = new Help();
    for (const command of whole.commands) {
      assert.ok(helpOf(whole).includes(`  ${term.subcommandTerm(command)}`), command.name());
    }
    assert.equal(helpOf(await makeProgram({ words: [] })), helpOf(whole));
  });

  test('every verb that prints can print JSON', async () => {
    const without = verbs(await makeProgram())
      .filter(
        ({ command }) =>
          command.commands.length === 0 && !command.options.some(({ long }) => long === '--json'),
      )
      .map(({ path }) => path.join(' '));
    // What a device or a part of a lab says, what was shown in a session (an asciicast is lines of JSON), and a script for a shell.
    const others = ['ssh', 'session play', 'lab exec', 'lab ssh', 'lab part', 'completion'];
    assert.deepEqual(without, others);
  });

  test('exits 0 when it is asked for, 2 when it is shown instead of an answer', async () => {
    const help = await towline(['--help']);
    assert.equal(help.code, 0);
    assert.match(help.output, /^Usage: towline/);
    assert.equal((await towline(['--version'])).code, 0);
    assert.equal((await towline([])).code, 2);
    assert.equal((await towline(['plan', '--nonsense'])).code, 2);
    assert.equal((await towline(['release', 'hello'])).code, 2);
  });

  test('says of a new beginning both reasons for it', async () => {
    const program = await makeProgram();
    const help = (name: string) => {
      const found = verbs(program).find(({ path }) => path.join(' ') === name);
      assert.ok(found);
      return helpOf(found.command).replace(/\s+/g, ' ');
    };
    for (const verb of ['device add', 'agent re-anchor']) {
      assert.match(help(verb), /a fleet that lost its root, or .*was shown another history/);
    }
  });

  test('explains each exit code that it uses', () => {
    for (const code of [
      'CLI_USAGE',
      'CLI_GIT',
      'CLI_REGISTRY_UNREACHABLE',
      'CLI_GATEWAY_UNREACHABLE',
      'FLEET_SCHEMA',
    ] as const) {
      assert.ok(exitCodeMeanings[exitCodeOf(code)] !== undefined);
    }
  });
});

describe('a terminal', () => {
  const written = (isTTY: boolean, environment: Record<string, string> = {}) => {
    let text = '';
    const terminal = new Terminal(
      {
        isTTY,
        write: part => {
          text += part;
        },
      },
      environment,
    );
    terminal.line(terminal.colour('red', 'x'));
    terminal.table(['A', 'B'], [['one\u001b[31m', 'two\nlines']]);
    return text;
  };

  test('gets colour, a file does not, nor who says NO_COLOR', () => {
    assert.ok(written(true).startsWith('\u001b[31mx\u001b[0m\n'));
    assert.ok(!written(false).includes('\u001b'));
    assert.ok(!written(true, { NO_COLOR: '1' }).includes('\u001b'));
  });

  test('is not steered by what stands in a table', () => {
    assert.equal(written(false), 'x\nA              B\none\\u001b[31m  two lines\n');
  });
});
