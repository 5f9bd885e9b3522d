import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { commitFile, git, gitAs, gitEnvironment, runGit, TestGateway, testDevice } from '../rig/gateway.ts';

/** git beside the gateway of this very process: it must not block the loop. */
async function gitBeside(args: readonly string[], cwd: string): Promise<{ code: number; stderr: string }> {
  const child = spawn('git', args, { cwd, env: gitEnvironment, stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString('utf8');
  });
  const [code] = (await once(child, 'close')) as [number];
  return { code, stderr };
}

test('stock git with a device key fetches main and pushes its own telemetry branch', async () => {
  const device = testDevice('pump-1');
  await using gateway = await TestGateway.start([device]);
  const tip = commitFile(gateway.folder, 'a.txt', 'one\n');
  await gateway.service.refs.refresh();
  const work = join(gateway.folder, 'work');
  mkdirSync(work);
  git(['init', '-q', '-b', 'main'], { cwd: work });
  const as = gitAs(gateway.folder, device);
  for (const version of ['0', '2']) {
    const fetched = await gitBeside(
      [
        ...as,
        '-c',
        `protocol.version=${version}`,
        'fetch',
        '-q',
        `${gateway.url}/fleet.git`,
        `+main:refs/remotes/v${version}/main`,
      ],
      work,
    );
    assert.equal(fetched.stderr, '');
    assert.equal(git(['rev-parse', `refs/remotes/v${version}/main`], { cwd: work }), tip);
  }
  git(['commit', '-q', '--allow-empty', '-m', 'status'], { cwd: work });
  const push = (ref: string) =>
    gitBeside([...as, 'push', `${gateway.url}/telemetry.git`, `HEAD:${ref}`], work);
  const first = await push('refs/heads/telemetry/pump-1');
  assert.equal(first.code, 0, first.stderr);
  git(['commit', '-q', '--allow-empty', '-m', 'status 2'], { cwd: work });
  const second = await push('refs/heads/telemetry/pump-1');
  assert.equal(second.code, 0, second.stderr);
  const telemetry = join(gateway.folder, 'telemetry.git');
  assert.equal(
    git(['rev-parse', 'refs/heads/telemetry/pump-1'], { cwd: telemetry }),
    git(['rev-parse', 'HEAD'], { cwd: work }),
  );
  const fsck = runGit(['fsck', '--strict', '--full'], { cwd: telemetry });
  assert.equal(fsck.status, 0, fsck.stderr);
  const foreign = await push('refs/heads/telemetry/pump-2');
  assert.match(foreign.stderr, /403/);
  assert.equal(gateway.audited.at(-1)?.code, 'GATEWAY_REF_FORBIDDEN');
});
