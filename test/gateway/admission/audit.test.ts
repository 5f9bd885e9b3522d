import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createSystemClock } from '../../../core/io/system-clock.ts';
import { type AuditEvent, AuditFile, QuietAudit } from '../../../gateway/admission/audit.ts';
import { PutClock } from '../../../lab/rig/put-clock.ts';

test('a line of the audit log says what a stranger wrote, and steers no terminal that shows it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'towline-audit-'));
  try {
    const path = join(folder, 'audit.log');
    const message = 'a\u009b2Jb\u202ec\u2028d\u0085e\nf';
    using audit = new AuditFile(path, createSystemClock(), () => undefined);
    audit.write({ action: 'command', outcome: 'refused', message });
    const text = readFileSync(path, 'utf8');
    assert.doesNotMatch(text.trimEnd(), /[\p{C}\p{Zl}\p{Zp}]/u);
    assert.equal((JSON.parse(text) as { message: string }).message, message);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('whoever has a network of IPv6 is one peer, however many addresses they come from', () => {
  const told: AuditEvent[] = [];
  const audit = new QuietAudit({ write: event => told.push(event) }, createSystemClock());
  const stranger = { action: 'connection', outcome: 'refused', code: 'GATEWAY_PEER_FAILED' } as const;
  for (let at = 0; at < 10_000; at += 1)
    audit.write({ ...stranger, from: `2001:db8:1:2::${at.toString(16)}` });
  assert.deepEqual(
    told.map(({ from }) => from),
    ['2001:db8:1:2::0'],
  );
  audit.write({ ...stranger, from: '2001:db8:1:3::1' });
  audit.write({ ...stranger, from: '192.0.2.7' });
  audit.write({ ...stranger, from: '192.0.2.8' });
  assert.equal(told.length, 4);
});

test('who was refused often and then stays away is told with all that was left out, once somebody else comes', () => {
  const told: AuditEvent[] = [];
  const clock = new PutClock();
  const audit = new QuietAudit({ write: event => told.push(event) }, clock);
  const refusal = { action: 'login', outcome: 'refused', from: '192.0.2.7' } as const;
  for (let at = 0; at < 500; at += 1) audit.write(refusal);
  const login: AuditEvent = { action: 'login', outcome: 'allowed', who: 'alice' };
  audit.write(login);
  assert.equal(told.length, 2, 'it may go on');
  clock.passedMs += 15 * 60_000;
  audit.write(login);
  audit.write(login);
  const refused = told.filter(({ outcome }) => outcome === 'refused');
  const count = refused.reduce((sum, { details }) => sum + 1 + Number(details?.sameBefore ?? 0), 0);
  assert.deepEqual([refused.length, count], [2, 500]);
});

test('what was refused is counted by what was asked for, also where its line is left out', () => {
  const audit = new QuietAudit({ write: () => undefined }, createSystemClock());
  const count = (action: string) => audit.metrics().find(({ labels }) => labels?.action === action)?.value;
  assert.equal(count('login'), 0);
  for (const from of ['a', 'a', 'a', 'b']) audit.write({ action: 'login', outcome: 'refused', from });
  audit.write({ action: 'login', outcome: 'allowed' });
  for (let ref = 0; ref < 1000; ref += 1)
    audit.write({ action: `git-receive-pack refs/heads/${ref}`, outcome: 'refused' });
  for (let other = 0; other < 1000; other += 1) audit.write({ action: `a${other}`, outcome: 'refused' });
  assert.deepEqual([count('login'), count('git-receive-pack')], [4, 1000]);
  assert.ok(audit.metrics().length <= 64);
});
