import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { completionScript, type Shell } from '../../../cli/completion/completion.ts';
import { makeProgram } from '../../../cli/program.ts';
import { requireCommands } from '../../../lab/machine/packages.ts';
import { temporaryFolder, towlineProcess as towline } from '../towline.ts';

const execute = promisify(execFile);
const shells: readonly Shell[] = ['bash', 'zsh', 'fish'];

/** What each shell offers for a command line that ends where the cursor stands. */
const ask: Readonly<Record<Shell, (script: string, line: string) => readonly [string, string[]]>> = {
  bash: (script, line) => {
    const words = line.split(' ').map(word => `'${word}'`);
    const question = `source ${script}; COMP_WORDS=(${words.join(' ')}); COMP_CWORD=${words.length - 1}; _towline; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return ['bash', ['--norc', '-c', question]];
  },
  // The line editor's own functions are replaced by ones that print what they are given.
  zsh: (script, line) => {
    const words = line.split(' ').map(word => `'${word}'`);
    const editor = `compdef() { :; }; _files() { print -rl -- *(N); }; _describe() { local name=$@[-1]; print -rl -- \${(@)\${(P)name}%%:*}; }`;
    const question = `${editor}; source ${script}; words=(${words.join(' ')}); CURRENT=$#words; _towline`;
    return ['zsh', ['-f', '-c', question]];
  },
  fish: (script, line) => ['fish', ['--no-config', '-c', `source ${script}; complete -C '${line}'`]],
};

describe('completion', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;

  before(async () => {
    requireCommands(['zsh', 'fish']);
    folder = await temporaryFolder();
    for (const shell of shells)
      await writeFile(path.join(folder.path, shell), completionScript(shell, await makeProgram()));
    await mkdir(path.join(folder.path, 'here'));
    await writeFile(path.join(folder.path, 'here/a-file'), '');
    await execute('git', ['init', '-q', path.join(folder.path, 'fleet')]);
    for (const file of [
      ...[
        'devices/pump-1.yaml',
        'devices/north/pump-2.yaml',
        'devices/$(touch ran).yaml',
        'groups/canary.yaml',
        'operators/bob.yaml',
      ],
      ...[
        'apps/web/app.yaml',
        'apps/web/releases/1.0/release.yaml',
        'apps/web/releases/1.1/release.yaml',
        'apps/db/app.yaml',
      ],
    ]) {
      await mkdir(path.dirname(path.join(folder.path, 'fleet', file)), { recursive: true });
      await writeFile(path.join(folder.path, 'fleet', file), '');
    }
  });
  after(() => folder.remove());

  async function offered(shell: Shell, line: string): Promise<string[]> {
    const [program, args] = ask[shell](path.join(folder.path, shell), line);
    const environment = { ...process.env, HOME: folder.path, TERM: 'dumb' };
    const { stdout, stderr } = await execute(program, args, {
      cwd: path.join(folder.path, 'here'),
      env: environment,
    });
    assert.equal(stderr, '', `${shell} on ${line}`);
    const last = line.split(' ').at(-1) ?? '';
    const words = stdout.split('\n').map(text => text.split('\t')[0] ?? '');
    return words.filter(word => word !== '' && word.startsWith(last));
  }

  for (const shell of shells) {
    test(`of ${shell} knows verbs, their verbs, options and files`, async () => {
      assert.deepEqual(await offered(shell, 'towline val'), ['validate']);
      assert.deepEqual((await offered(shell, 'towline device a')).sort(), ['accept', 'add']);
      assert.deepEqual(await offered(shell, 'towline device add pump-1 --gro'), ['--group']);
      assert.deepEqual(await offered(shell, 'towline plan --wo'), ['--worktree']);
      assert.deepEqual(await offered(shell, 'towline logs pump-1 --level wa'), ['warn']);
      assert.deepEqual(await offered(shell, 'towline plan --worktree --al'), ['--all']);
      assert.deepEqual(await offered(shell, 'towline render pump-3 --comp'), ['--compose']);
      assert.deepEqual(
        (await offered(shell, 'towline completion ')).filter(word => !word.startsWith('-')).sort(),
        ['bash', 'fish', 'zsh'],
      );
      assert.ok((await offered(shell, 'towline agent enroll --')).includes('--token-file'));
      assert.ok(
        !(await offered(shell, 'towline agent release --')).includes('--assign'),
        'not those of towline release',
      );
      assert.ok(
        !(await offered(shell, 'towline agent now --')).includes('--once'),
        'not those of the verb above',
      );
      assert.ok((await offered(shell, 'towline status --')).includes('--help'));
      assert.deepEqual((await offered(shell, 'towline tunnel re')).sort(), ['request', 'requests']);
      assert.deepEqual(await offered(shell, 'towline tunnel open pump-1 --all'), ['--allow']);
      assert.deepEqual(
        (await offered(shell, 'towline session ')).filter(word => /^[a-z]/.test(word)).sort(),
        [...['list', 'play', 'verify']],
      );
      assert.deepEqual(await offered(shell, 'towline login --dev'), ['--device']);
      assert.deepEqual(await offered(shell, 'towline validate a'), ['a-file']);
      assert.deepEqual(await offered(shell, 'towline trust a'), shell === 'bash' ? ['a-file'] : []);
    });
  }

  for (const shell of shells) {
    test(`of ${shell} knows devices, apps, groups and releases of the repository`, async () => {
      const names = async (line: string) =>
        (await offered(shell, line)).filter(word => !word.startsWith('-')).sort();
      assert.deepEqual(await names('towline plan --repo ../fleet pu'), ['pump-1', 'pump-2']);
      assert.deepEqual(
        await names('towline render --repo=../fleet '),
        ['pump-1', 'pump-2'],
        'what a shell would run is none',
      );
      assert.deepEqual(await names('towline render --repo ../fleet pump-1 --compose '), ['db', 'web']);
      assert.deepEqual(await names('towline release --repo ../fleet w'), ['web'], 'beside verbs below it');
      assert.deepEqual(await names('towline release --repo ../fleet web 1'), ['1.0', '1.1']);
      assert.deepEqual(await names('towline device add --repo ../fleet pump-3 --group ca'), ['canary']);
      assert.deepEqual(await names('towline device accept --repo ../fleet pump-2'), ['pump-2']);
      assert.deepEqual(await names('towline status --repo ../fleet pu'), ['pump-1', 'pump-2']);
      assert.deepEqual(await names('towline status --repo ../fleet pump-1 --wait pu'), ['pump-1', 'pump-2']);
      assert.deepEqual(await names('towline tunnel open --repo ../fleet pu'), ['pump-1', 'pump-2']);
      assert.deepEqual(await names('towline ssh --repo ../fleet --keep pu'), ['pump-1', 'pump-2']);
      assert.deepEqual(await names('towline ssh --repo ../fleet -L 8080 pump-1'), ['pump-1']);
      assert.deepEqual(await names('towline device pause --repo ../fleet pump-1 pu'), ['pump-1', 'pump-2']);
      assert.deepEqual(await names('towline assign --repo ../fleet web 1'), ['1.0', '1.1']);
      assert.deepEqual(await names('towline pin --repo ../fleet pump-1 w'), ['web']);
      assert.deepEqual(await names('towline pin --repo ../fleet pump-1 web 1'), ['1.0', '1.1']);
      assert.deepEqual(await names('towline release diff --repo ../fleet web 1.0 1'), ['1.0', '1.1']);
      assert.deepEqual(await names('towline unpin --repo ../fleet pump-1 '), [
        'db',
        'pump-1',
        'pump-2',
        'web',
      ]);
      assert.deepEqual(await names('towline app remove --repo ../fleet d'), ['db']);
      assert.deepEqual(await names('towline operator remove --repo ../fleet '), ['bob']);
      assert.deepEqual(await names('towline audit --repo ../fleet --person '), ['bob']);
      assert.deepEqual(await names('towline audit --repo ../fleet --type ref'), ['refusal']);
      assert.deepEqual(
        await names('towline login --repo ../fleet --device pu'),
        [],
        'a word that takes none',
      );
      assert.deepEqual(await names('towline render --repo ~/fleet pump-1'), ['pump-1'], 'as it is typed');
      // bash has = as a word of its own.
      const equals = shell === 'bash' ? ' = ' : '=';
      assert.deepEqual(await names(`towline plan --repo${equals}../fleet pump-1`), ['pump-1']);
    });
  }

  test('of zsh works from a folder of $fpath, too', async () => {
    await mkdir(path.join(folder.path, 'functions'));
    await writeFile(
      path.join(folder.path, 'functions/_towline'),
      completionScript('zsh', await makeProgram()),
    );
    const question = `fpath=(${path.join(folder.path, 'functions')} $fpath); _describe() { local name=$@[-1]; print -rl -- \${(@)\${(P)name}%%:*}; }; autoload -Uz _towline; words=(towline dev); CURRENT=2; _towline; _towline`;
    const { stdout } = await execute('zsh', ['-f', '-c', question]);
    assert.equal(stdout.match(/^device$/gm)?.length, 2);
  });

  test('is printed for a shell that it knows, and for no other', async () => {
    for (const shell of shells) {
      const { code, output } = await towline(['completion', shell]);
      assert.equal(code, 0);
      assert.equal(output, completionScript(shell, await makeProgram()));
    }
    const other = await towline(['completion', 'tcsh']);
    assert.equal(other.code, 2);
    assert.match(other.errors, /^CLI_USAGE .*bash, zsh, fish/);
  });
});
