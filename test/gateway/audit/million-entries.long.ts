/** A million entries, verified: how long it takes, and that the memory for it does not grow with them. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { chainedLine, chainStart } from '../../../core/audit/audit-entry.ts';
import { AuditBranch, type WaitingLine } from '../../../gateway/audit/audit-branch.ts';
import { AuditRig } from './rig.ts';

const [thousand, count] = [1000, 1_000_000];
const startMs = Date.UTC(2026, 0, 1);

test('a million entries are verified in a minute or so, in the memory of a few pieces', async () => {
  await using rig = await AuditRig.make();
  const { telemetryGit, runner, key } = rig;
  const branch = await AuditBranch.open({ fleet: 'acme', telemetryGit, runner, key });
  const signal = new AbortController().signal;
  let at = chainStart('acme');
  for (let seq = 0; seq < count; seq += thousand) {
    const lines: WaitingLine[] = [];
    for (let each = seq; each < seq + thousand; each += 1) {
      // A month of them.
      const timeMs = startMs + each * 2600;
      const told = {
        type: 'login',
        what: 'login',
        state: 'allowed',
        person: `person-${each % 97}`,
        from: '192.0.2.7',
      };
      const next = chainedLine(at, { time: new Date(timeMs).toISOString(), ...told });
      at = next;
      lines.push({ ...next, timeMs });
    }
    await branch.write({ lines, transition: undefined, keepDays: 400, nowMs: startMs }, signal);
  }
  execFileSync('git', ['repack', '-q', '-a', '-d'], { cwd: telemetryGit });
  // A process of its own: what this one has held while it wrote is none of it.
  const program = join(import.meta.dirname, 'verify-alone.ts');
  const args = ['--max-old-space-size=64', program, telemetryGit, key.publicLine];
  const [entries, faults, ms, peakMiB] = execFileSync(process.execPath, args, { encoding: 'utf8' })
    .split(' ')
    .map(Number);
  console.log(`${entries} entries verified in ${ms} ms, at most ${peakMiB} MiB`);
  assert.deepEqual([entries, faults], [count, 0]);
  assert.ok(Number(ms) < 120_000, `${ms} ms`);
  assert.ok(Number(peakMiB) < 400, `${peakMiB} MiB`);
});
