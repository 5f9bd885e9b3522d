/** Approvals as `towline approve` writes them, and as an attacker would bend them. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { changeBetween } from '../../core/trust/git/change.ts';
import { ObjectReader } from '../../core/trust/git/object-reader.ts';
import { contentHash } from '../../core/trust/step/approval.ts';
import {
  type ApprovalStatement,
  approvalPath,
  formatApprovalFile,
  formatStatement,
} from '../../core/trust/step/approval-statement.ts';
import type { FleetRepository } from '../../lab/rig/fleet-repository.ts';
import type { GpgKey, SshKey } from '../../lab/rig/keys.ts';

export interface ApprovalOptions {
  /** The trusted commit on which it is given. */
  readonly base: string;
  /** A commit whose tree is what main will have. */
  readonly head: string;
  readonly signer: GpgKey | SshKey;
  readonly principal: string;
  /** What the attacker states instead. */
  readonly statement?: Partial<ApprovalStatement>;
  readonly namespace?: string;
}

export interface MadeApproval {
  readonly path: string;
  readonly content: string;
  readonly statement: Buffer;
}

export async function makeApproval(
  repository: FleetRepository,
  options: ApprovalOptions,
): Promise<MadeApproval> {
  const reader = new ObjectReader(repository);
  const [before, after] = [
    (await reader.commit(options.base)).tree,
    (await reader.commit(options.head)).tree,
  ];
  const change = (await changeBetween(reader, before, after)).filter(
    ({ path }) => !path.startsWith('approvals/'),
  );
  const changes = [];
  for (const entry of change) changes.push({ ...entry, sha256: await contentHash(reader, entry) });
  const timeSec = Math.floor(Date.now() / 1000);
  const statement = formatStatement({
    fleet: repository.fleet,
    base: options.base,
    policyVersion: 1,
    nonce: randomBytes(16).toString('hex'),
    timeSec,
    expiresSec: timeSec + 14 * 24 * 3600,
    changes,
    ...options.statement,
  });
  const armored = await sign(statement, options.signer, options.namespace ?? 'towline-approval');
  const path = approvalPath(statement, options.principal);
  return { path, content: formatApprovalFile(statement, armored), statement };
}

async function sign(statement: Buffer, signer: GpgKey | SshKey, namespace: string): Promise<string> {
  if (signer.sign !== undefined) return signer.sign(statement, namespace);
  const folder = await mkdtemp(join(tmpdir(), 'tl-sign-'));
  try {
    const file = join(folder, 'statement');
    await writeFile(file, statement);
    if (signer.kind === 'ssh') {
      await promisify(execFile)('ssh-keygen', ['-q', '-Y', 'sign', '-n', namespace, '-f', signer.file, file]);
      return await readFile(`${file}.sig`, 'utf8');
    }
    return await signer.gpg([
      '--detach-sign',
      '--armor',
      '--local-user',
      signer.fingerprint,
      '--output',
      '-',
      file,
    ]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
