/** The verbs over a log that the gateway's own writer has made, in a repository that its owner can do anything with. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { csvLine } from '../../../cli/audit/csv.ts';
import { fieldsOf, readFields } from '../../../core/json.ts';
import type { AuditEvent } from '../../../gateway/admission/audit.ts';
import { type FleetRepository, makeFleetRepository } from '../../../lab/rig/fleet-repository.ts';
import { makeSshKey, type SshKey } from '../../../lab/rig/keys.ts';
import { AuditRig, transitionAt } from '../../gateway/audit/rig.ts';
import { git } from '../../gateway/rig/gateway.ts';
import { fleetFile } from '../../gateway/rig/program.ts';
import { towline } from '../towline.ts';

let rig: AuditRig;
let person: SshKey;
let fleet: FleetRepository;
const audit = (...args: string[]) =>
  towline(['audit', ...args, '--repo', fleet.path, '--telemetry', `file://${rig.telemetryGit}`]);
const list = (...args: string[]) =>
  towline(['audit', '--repo', fleet.path, '--telemetry', `file://${rig.telemetryGit}`, ...args]);

const events: readonly AuditEvent[] = [
  { action: 'login', outcome: 'allowed', who: 'alice', from: '192.0.2.7' },
  { action: 'git receive-pack fleet', outcome: 'ended', who: 'alice', from: '192.0.2.7' },
  { action: 'reach pump-17:22', outcome: 'refused', who: 'bob', code: 'GATEWAY_TUNNEL_CLOSED' },
  { action: 'connection', outcome: 'refused', from: '192.0.2.9', message: '=HYPERLINK("<b>x</b>", "a,b")' },
];

async function told(...all: readonly AuditEvent[]): Promise<string> {
  const trail = await rig.open();
  for (const event of all) trail.write(event);
  await trail.took([transitionAt(trail.through === undefined ? 1 : trail.through + 1)]);
  await trail.close();
  const { seq, hash } = trail.head ?? assert.fail();
  return `${seq}:${hash}`;
}

before(async () => {
  rig = await AuditRig.make();
  person = await makeSshKey();
  ({ repository: fleet } = await makeFleetRepository({
    signer: person,
    files: { 'fleet.yaml': `${fleetFile}audit: {keys: ["${rig.key.publicLine}"]}\n` },
  }));
  await told(...events);
});
after(async () => {
  await fleet.remove();
  await person.remove();
  await rig[Symbol.asyncDispose]();
});

test('what happened is shown, of one device, person, kind or time alone', async () => {
  const all = await list('--json');
  assert.equal(all.code, 0, all.errors);
  const entries = all.output.trim().split('\n').map(readFields);
  assert.deepEqual(
    entries.map(({ seq }) => seq),
    [1, 2, 3, 4, 5],
  );
  assert.match((await list()).output, /login\s+login\s+allowed\s+alice/);
  const of = async (...args: string[]) =>
    (await list('--json', ...args)).output
      .trim()
      .split('\n')
      .map(line => (line === '' ? 0 : readFields(line).seq));
  assert.deepEqual(await of('--person', 'alice'), [1, 2]);
  assert.deepEqual(await of('--device', 'pump-17'), [3]);
  assert.deepEqual(await of('--type', 'refusal', 'device'), [3, 4, 5]);
  assert.deepEqual(await of('--until', '2020-01-01'), [0]);
  assert.deepEqual(await of('--since', '1h', '--person', 'bob'), [3]);
  const wrong = await list('--type', 'nonsense');
  assert.equal(wrong.code, 2);
});

test('as CSV no cell is a formula, and quotes are doubled', async () => {
  const { output, code } = await list('--csv', '--type', 'refusal');
  assert.equal(code, 0);
  const [head = '', ...rows] = output.split('\r\n');
  assert.match(head, /^seq,time,type,what,/);
  assert.equal(rows.length, 3);
  assert.ok(rows[1]?.includes(`,"'=HYPERLINK(""<b>x</b>"", ""a,b"")",`), rows[1]);
});

test('a cell of every kind of formula is text', () => {
  for (const text of ['=1', '+1', '-1', '@x', '\t=1', '\r=1', '\n=1', '＝1', '＋1', '－1', '＠x'])
    assert.match(csvLine([text]), /^"?'/, JSON.stringify(text));
});

test('a report has what was found on top, and whatever somebody said is text in it', async () => {
  const file = join(rig.folder, 'report.html');
  const { code, output } = await audit('report', '--from', '1d', '--out', file, '--json');
  assert.equal(code, 0, output);
  const page = readFileSync(file, 'utf8');
  assert.match(page, /The log is what was signed/);
  assert.match(page, /&lt;b&gt;x&lt;\/b&gt;/);
  assert.doesNotMatch(page, /<b>|<script|https?:|<img|<link/);
  assert.match(page, /<h2>Who did what<\/h2>[\s\S]*alice/);
  const none = await audit('report', '--from', '2020-01-02', '--to', '2020-01-01');
  assert.equal(none.code, 2);
});

test('a sound log is said to be so, with its head, and held to heads from elsewhere', async () => {
  const { code, output } = await audit('verify');
  assert.equal(code, 0, output);
  const [, head = ''] = /^head (\d+:[0-9a-f]{64})$/m.exec(output) ?? [];
  assert.equal((await audit('verify', '--head', head)).code, 0);
  assert.equal((await audit('verify', '--head', head.split(':')[1] ?? '')).code, 0);
  const other = await audit('verify', '--head', 'a'.repeat(64), '--json');
  assert.equal(other.code, 3);
  assert.match(other.output, /AUDIT_REWRITTEN/);
  assert.equal((await audit('verify', '--head', 'latest')).code, 2);
});

test('an owner who writes the log anew with its own key is found by the clone, by a head, and not after --forget', async () => {
  const tip = rig.tip;
  const head = await told({ action: 'login', outcome: 'allowed', who: 'mallory' });
  assert.equal((await audit('verify')).code, 0);
  git(['update-ref', 'refs/heads/audit', tip], { cwd: rig.telemetryGit });
  const cut = await audit('verify');
  assert.equal(cut.code, 3);
  assert.match(cut.output, /AUDIT_CUT this clone/);
  await told({ action: 'login', outcome: 'allowed', who: 'nobody' });
  const anew = await audit('verify', '--json');
  assert.equal(anew.code, 3);
  assert.match(anew.output, /"AUDIT_REWRITTEN"/);
  assert.equal((await list('--json')).code, 3);
  assert.match((await list('--json')).errors, /AUDIT_REWRITTEN/);
  assert.equal((await audit('verify', '--forget')).code, 0);
  assert.match((await audit('verify', '--head', head)).output, /AUDIT_REWRITTEN --head/);
  const page = await audit('report', '--from', '1d');
  assert.match(page.output, /The log is what was signed/);
});

test('a line that is changed in the repository is named by its place, and a commit by nobody’s key, too', async () => {
  const tip = rig.tip;
  const cwd = rig.telemetryGit;
  const listed = git(['ls-tree', '-r', tip], { cwd }).matchAll(
    /^100644 blob ([0-9a-f]{40})\t(\S+\.ndjson)$/gm,
  );
  const pieces = [...listed].map(([, blob = '', path = '']) => ({
    path,
    text: git(['cat-file', 'blob', blob], { cwd }),
  }));
  const { path, text } = pieces.find(piece => piece.text.includes('"alice"')) ?? assert.fail();
  const changed = text.replace('"alice"', '"nobody"');
  const lines = [`commit refs/heads/audit`, 'committer A <a@b> 0 +0000', 'data 0', `from ${tip}`];
  const input = [...lines, `M 100644 inline ${path}`, `data ${changed.length + 1}`, changed, '', 'done', ''];
  git(['fast-import', '--quiet', '--done'], { cwd, input: input.join('\n') });
  const { code, output } = await audit('verify');
  assert.equal(code, 3);
  assert.match(output, /AUDIT_UNSIGNED commit/);
  assert.match(output, /AUDIT_CHANGED \d{4}\/\d\d\/\d\d-1\.ndjson:2: entry 2 was not made for entry 1/);
  git(['update-ref', 'refs/heads/audit', tip], { cwd });
  assert.equal((await audit('verify')).code, 0);
});

test('evidence that no device has signed is named', async () => {
  await fleet.commit({ signer: person, files: { 'devices/pump-9.yaml': 'apiVersion: towline/v1\n' } });
  const trail = await rig.open();
  const before = trail.through ?? 0;
  await trail.took([{ ...transitionAt(before + 1), device: 'pump-9', evidence: rig.tip }]);
  await trail.took([{ ...transitionAt(before + 2), device: 'pump-9', evidence: 'b'.repeat(40) }]);
  await trail.close();
  const { code, output } = await towline([
    ...['audit', 'verify', '--evidence', '--json', '--repo', fleet.path, '--telemetry', rig.telemetryGit],
  ]);
  assert.equal(code, 3, output);
  const { evidence } = readFields(output);
  const { faults, gone } = fieldsOf(evidence);
  assert.deepEqual([gone, Array.isArray(faults) && faults.length], [1, 1]);
  assert.match(output, /AUDIT_EVIDENCE/);
});

test('without a branch, or without a key in fleet.yaml, it is said which is missing', async () => {
  const none = await towline(['audit', '--repo', fleet.path, '--telemetry', `file://${fleet.path}`]);
  assert.match(none.errors, /AUDIT_NONE/);
  await fleet.commit({ signer: person, files: { 'fleet.yaml': fleetFile } });
  assert.match((await audit('verify')).errors, /AUDIT_NO_KEYS/);
});
