/** SIGKILL in front of any change of the disk, from the put of a segment to its removal after the push. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { parse } from 'yaml';
import { readSegment } from '../../../core/telemetry/record/segment.ts';
import { type FleetRepository, makeRepository } from '../../../lab/rig/fleet-repository.ts';
import { type GitServer, startGitServer } from '../../../lab/rig/git-server.ts';
import type { StatusFile } from '../../../schemas/types.generated.ts';
import { strideOf } from '../../rig/every.ts';
import type { SpoolingChild } from './spooling-child.ts';

const run = promisify(execFile);
const branch = 'refs/heads/telemetry/pump-1';
let programs: string;

before(async () => {
  programs = await mkdtemp(path.join(tmpdir(), 'towline-spooling-'));
  const entryPoints = {
    child: path.join(import.meta.dirname, 'spooling-child.ts'),
    disk: path.join(import.meta.dirname, '../source/deadly-disk.ts'),
  };
  await build({
    ...{
      entryPoints,
      outdir: programs,
      bundle: true,
      platform: 'node',
      format: 'esm',
      outExtension: { '.js': '.mjs' },
    },
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    logLevel: 'error',
  });
});
after(() => rm(programs, { recursive: true }));

class Device implements AsyncDisposable {
  readonly #telemetry: FleetRepository;
  readonly #server: GitServer;
  readonly #folder: string;
  readonly #maxBytes: number;

  private constructor(telemetry: FleetRepository, server: GitServer, folder: string, maxBytes: number) {
    this.#telemetry = telemetry;
    this.#server = server;
    this.#folder = folder;
    this.#maxBytes = maxBytes;
  }

  static async start(maxBytes: number): Promise<Device> {
    const telemetry = await makeRepository();
    const server = await startGitServer({ telemetry: telemetry.path });
    return new Device(telemetry, server, await mkdtemp(path.join(tmpdir(), 'towline-spool-')), maxBytes);
  }

  /** @returns how many changes of the disk there were; undefined: it was killed */
  async run(lines: number, dieAt?: number): Promise<number | undefined> {
    const { gateway } = this.#server;
    const asked: SpoolingChild = { folder: this.#folder, gateway, lines, step: 10, maxBytes: this.#maxBytes };
    const args = ['--import', path.join(programs, 'disk.mjs'), path.join(programs, 'child.mjs')];
    const env = { ...process.env, ...(dieAt === undefined ? {} : { TOWLINE_DIE_AT: String(dieAt) }) };
    const ended = await run(process.execPath, [...args, JSON.stringify(asked)], { env }).catch(
      (error: { signal?: string; stderr?: string }) => {
        assert.equal(error.signal, 'SIGKILL', error.stderr);
        return undefined;
      },
    );
    return ended === undefined ? undefined : Number(ended.stdout);
  }

  /** Sequence → text, of all that was ever pushed; one that came twice with another text is an error. */
  async arrived(): Promise<{ lines: ReadonlyMap<number, string>; gaps: number; lost: number }> {
    const lines = new Map<number, string>();
    let [gaps, lost] = [0, 0];
    const commits = (await this.#telemetry.git(['rev-list', branch])).split('\n').filter(Boolean);
    for (const commit of commits) {
      const status = parse(await this.#telemetry.git(['show', `${commit}:status.yaml`])) as StatusFile;
      lost += status.lost?.logLines ?? 0;
      const tree = await this.#telemetry.git(['ls-tree', '-r', commit, 'logs']);
      for (const [, id = ''] of tree.matchAll(/ blob ([0-9a-f]{40})/g)) {
        const at = { encoding: 'buffer' as const, cwd: this.#telemetry.path };
        const { stdout } = await run('git', ['cat-file', 'blob', id], at);
        for (const record of readSegment(stdout).records) {
          if (record.kind === 'gap') gaps += record.lines ?? 0;
          if (record.kind !== 'log') continue;
          assert.equal(lines.get(record.sequence) ?? record.text, record.text);
          lines.set(record.sequence, record.text);
        }
      }
    }
    return { lines, gaps, lost };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.close();
    await this.#telemetry.remove();
    await rm(this.#folder, { recursive: true });
  }
}

test('killed at any write: every line arrives, those that come twice are the same under the same id', async () => {
  await using whole = await Device.start(1e9);
  const changes = (await whole.run(30)) ?? 0;
  assert.ok(changes > 60, `${changes} changes of the disk`);
  await using device = await Device.start(1e9);
  let lines = 0;
  for (let change = 1; change <= changes; change += strideOf(9)) {
    lines += 30;
    await device.run(lines, change);
  }
  lines += 30;
  await device.run(lines);
  const arrived = await device.arrived();
  assert.equal(arrived.lines.size, lines);
  assert.deepEqual([arrived.gaps, arrived.lost], [0, 0]);
  assert.equal(arrived.lines.get(lines - 1), `line ${lines - 1}`);
});

test('killed while it drops: what did not arrive is counted, in the status and as a gap', async () => {
  const tight = 2 * 4096;
  await using whole = await Device.start(tight);
  const changes = (await whole.run(60)) ?? 0;
  await using device = await Device.start(tight);
  let lines = 0;
  for (let change = 4; change <= changes; change += strideOf(16)) {
    lines += 60;
    await device.run(lines, change);
  }
  lines += 60;
  await device.run(lines);
  const { lines: there, gaps, lost } = await device.arrived();
  assert.ok(lost > 0 && there.size < lines);
  // One that was counted, and not yet removed when it was killed, has come as well.
  assert.ok(there.size + lost >= lines, `${there.size} of ${lines} came, ${lost} were counted`);
  assert.ok(there.size + gaps >= lines, `${there.size} of ${lines} came, gaps of ${gaps}`);
});
