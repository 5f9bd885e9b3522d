import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createSystemClock } from '../../../core/io/system-clock.ts';
import { AuditFile } from '../../../gateway/admission/audit.ts';

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
