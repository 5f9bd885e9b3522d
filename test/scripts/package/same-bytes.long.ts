import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { requireCommands } from '../../../lab/machine/packages.ts';
import { root, run } from './made.ts';

const maxAgentBytes = 45_000_000;

describe('one commit, packaged in two folders', () => {
  let folder: string;
  const trees = ['first', 'another-folder'] as const;
  const made = (tree: string) => path.join(folder, `made-by-${tree}`);

  before(() => {
    requireCommands(['lintian']);
    folder = mkdtempSync(path.join(tmpdir(), 'towline-same-'));
    // Somebody may commit meanwhile.
    const commit = run('git', ['rev-parse', 'HEAD']).trim();
    for (const [at, name] of trees.entries()) {
      const tree = path.join(folder, name);
      run('git', ['worktree', 'add', '--detach', tree, commit]);
      run('cp', ['-a', path.join(root, 'node_modules'), tree]);
      // Whoever packages has a time zone, a mask and a language of their own.
      const environment =
        at === 0 ? { TZ: 'Pacific/Kiritimati', LC_ALL: 'C' } : { TZ: 'UTC', LC_ALL: 'C.UTF-8' };
      const line = `umask ${at === 0 ? '077' : '022'}; exec "$@"`;
      const words = [path.join(tree, 'scripts/package.ts'), '--arch', 'amd64', '--out', made(name)];
      run('sh', ['-c', line, 'sh', process.execPath, ...words], environment);
    }
  });
  after(() => {
    for (const name of trees)
      spawnSync('git', ['-C', root, 'worktree', 'remove', '--force', path.join(folder, name)]);
    rmSync(folder, { recursive: true, force: true });
  });

  test('gives the same bytes', () => {
    const names = readdirSync(made(trees[0]), { recursive: true, encoding: 'utf8' }).sort();
    assert.deepEqual(readdirSync(made(trees[1]), { recursive: true, encoding: 'utf8' }).sort(), names);
    const files = names.filter(name => statSync(path.join(made(trees[0]), name)).isFile());
    assert.ok(files.length > 15);
    const differ = files.filter(name => {
      const [one, other] = trees.map(tree => readFileSync(path.join(made(tree), name)));
      return one === undefined || other === undefined || !one.equals(other);
    });
    assert.deepEqual(differ, []);
    run('sh', ['-c', `cd '${made(trees[0])}' && sha256sum --check --quiet SHA256SUMS`]);
  });

  test("gives packages in which lintian finds nothing, the agent's of 45 MB at most", () => {
    const debs = readdirSync(made(trees[0])).filter(name => name.endsWith('.deb'));
    assert.equal(debs.length, 3);
    const files = debs.map(name => path.join(made(trees[0]), name));
    run('lintian', ['--allow-root', '--fail-on', 'error,warning', ...files]);
    const agent = files.find(name => path.basename(name).startsWith('towline-agent_')) ?? '';
    assert.ok(statSync(agent).size <= maxAgentBytes, `${statSync(agent).size} bytes`);
  });
});
