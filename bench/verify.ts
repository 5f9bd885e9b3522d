/** `npm run bench -- verify`: signatures of commits beside `git verify-commit`, and a long history from a cold start. */
import { execFile, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { GitCatFileSource } from '../core/io/git/git-object-source.ts';
import { parseCommit } from '../core/trust/git/commit-object.ts';
import { readOpenpgpKey } from '../core/trust/signature/openpgp-key.ts';
import { checkSignature } from '../core/trust/signature/signature.ts';
import { readSshPublicKey } from '../core/trust/signature/ssh-public-key.ts';
import { KeyRing, type TrustKey } from '../core/trust/signature/trust-key.ts';
import { type FleetRepository, makeRepository } from '../lab/rig/fleet-repository.ts';
import { type GpgKey, makeGpgKey, makeSshKey, type SshKey } from '../lab/rig/keys.ts';
import { type BenchFigure, figure, inTurn } from './figure.ts';
import { makeSignedHistory } from './trust/signed-history.ts';

const samples = 20;
const rounds = 200;

async function signedCommits(repository: FleetRepository, signer: GpgKey | SshKey): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < samples; n += 1) {
    ids.push(
      await repository.commit({
        signer,
        parents: ids.slice(-1),
        files: { n: `${n}` },
        message: `Change ${n}`,
      }),
    );
  }
  return ids;
}

/** Reads, splits and verifies raw commits; milliseconds of CPU time each. */
async function ours(
  repository: FleetRepository,
  ids: readonly string[],
  keys: readonly TrustKey[],
): Promise<number> {
  await using source = new GitCatFileSource(repository.path);
  const ring = new KeyRing(keys.map(key => ({ principal: 'alice', key })));
  const raw = [];
  for (const id of ids) raw.push({ id, bytes: (await source.read(id))?.bytes ?? Buffer.of() });
  const start = process.cpuUsage();
  for (let n = 0; n < rounds; n += 1) {
    const { id, bytes } = raw[n % raw.length] ?? { id: '', bytes: Buffer.of() };
    const { signature } = parseCommit(bytes, id);
    const evidence = checkSignature(signature?.armored ?? '', signature?.payload ?? bytes, ring, 'git');
    if (!evidence.sound) throw new Error(evidence.message);
  }
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000 / rounds;
}

async function git(
  repository: FleetRepository,
  ids: readonly string[],
  signer: GpgKey | SshKey,
): Promise<number> {
  const signers = path.join(repository.path, 'signers');
  if (signer.kind === 'ssh') await writeFile(signers, `test@example.com ${signer.publicKey}\n`);
  const config = [...signer.gitConfig, `gpg.ssh.allowedSignersFile=${signers}`];
  const args = [...config.flatMap(setting => ['-c', setting]), 'verify-commit', ...ids];
  const script = 'git "$@" >/dev/null 2>&1 || exit 1; times';
  const { stdout } = await promisify(execFile)('bash', ['-c', script, 'git', ...args], {
    cwd: repository.path,
    env: { ...process.env, ...signer.environment },
  });
  return childCpuMs(stdout) / ids.length;
}

/** What bash's `times` says of its children, milliseconds. */
function childCpuMs(times: string): number {
  const [, line = ''] = times.trim().split('\n').slice(-2);
  return [...line.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, m, s]) => sum + Number(m) * 60_000 + Number(s) * 1000,
    0,
  );
}

async function coldWalk(repository: string, anchor: string, head: string): Promise<number> {
  const program = path.join(import.meta.dirname, 'trust/cold-walk.ts');
  const node = [process.execPath, '--disable-warning=ExperimentalWarning', program, repository, anchor, head];
  const child = spawn('bash', ['-c', '"$@" || exit 1; times', 'walk', ...node], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString('utf8');
  });
  const code = await new Promise(resolve => child.once('close', resolve));
  if (code !== 0) throw new Error(`the cold walk ended with ${String(code)}`);
  return childCpuMs(output);
}

export async function* bench(signal: AbortSignal): AsyncIterable<BenchFigure> {
  let gitMs: number | null = null;
  const repository = await makeRepository();
  const pgp = await makeGpgKey();
  const ssh = await makeSshKey();
  try {
    for (const [name, signer, limit] of [
      ['OpenPGP ed25519', pgp, 0.15],
      ['SSH ed25519', ssh, 0.06],
    ] as const) {
      signal.throwIfAborted();
      const ids = await signedCommits(repository, signer);
      const keys =
        signer.kind === 'ssh'
          ? [readSshPublicKey(signer.publicKey)]
          : await readOpenpgpKey(await signer.publicKey());
      const [mine, peer] = await inTurn(
        () => ours(repository, ids, keys),
        () => git(repository, ids, signer),
      );
      if (signer === pgp) gitMs = peer;
      yield figure(
        `verification of a commit, ${name}, CPU time, beside git verify-commit`,
        'ms',
        mine,
        peer,
        { of: 'ratio', is: '<=', limit },
      );
    }
  } finally {
    await Promise.all([repository.remove(), pgp.remove(), ssh.remove()]);
  }
  signal.throwIfAborted();
  const history = await makeSignedHistory(1_000);
  try {
    const { commits } = history;
    const measure = (): Promise<number> =>
      coldWalk(history.repository, commits[0] ?? '', commits.at(-1) ?? '');
    const [mine] = await inTurn(measure, undefined);
    const what =
      'walk over 1,000 commits from a cold start, CPU time with git, beside git verify-commit of each';
    yield figure(what, 's', mine / 1000, gitMs, { of: 'ratio', is: '<=', limit: 0.27 });
  } finally {
    await history.remove();
  }
}
