/** Verifies the branch `audit` of a repository: `verify-alone.ts REPOSITORY KEY` → entries, faults, milliseconds, MiB at most. */
import { execFileSync } from 'node:child_process';
import { auditRef } from '../../../core/audit/audit-commit.ts';
import { verifyAudit } from '../../../core/audit/audit-verify.ts';
import { GitCatFileSource } from '../../../core/io/git/git-object-source.ts';
import { readSshPublicKey } from '../../../core/trust/signature/ssh-public-key.ts';
import { KeyRing } from '../../../core/trust/signature/trust-key.ts';

const [repository = '', key = ''] = process.argv.slice(2);
const tip = execFileSync('git', ['rev-parse', auditRef], { cwd: repository, encoding: 'utf8' }).trim();
const source = new GitCatFileSource(repository);
await using _ended = source;
const startMs = performance.now();
const verdict = await verifyAudit({
  ...{ source, tip, fleet: 'acme', known: [], signal: new AbortController().signal },
  keys: new KeyRing([{ principal: 'gateway', key: readSshPublicKey(key) }]),
});
const ms = Math.round(performance.now() - startMs);
const peakMiB = Math.round(process.resourceUsage().maxRSS / 1024);
console.log(verdict.entries, verdict.faultCount, ms, peakMiB);
