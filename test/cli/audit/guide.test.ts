/** docs/guides/audit.md, typed. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { makeProgram, verbOf } from '../../../cli/program.ts';
import { auditTypes } from '../../../core/audit/audit-entry.ts';
import { toldTransition } from '../../../gateway/audit/told-events.ts';
import type { TransitionType } from '../../../gateway/transitions/transition.ts';
import { AuditRig, transitionAt } from '../../gateway/audit/rig.ts';
import { git } from '../../gateway/rig/gateway.ts';
import { fleetFile } from '../../gateway/rig/program.ts';
import { guideLine } from '../../rig/guide-line.ts';
import { towline } from '../towline.ts';

const page = readFileSync(join(import.meta.dirname, '../../../docs/guides/audit.md'), 'utf8');
let rig: AuditRig;
let clone: string;
let head = '';

before(async () => {
  rig = await AuditRig.make();
  const trail = await rig.open();
  trail.write({ action: 'login', outcome: 'allowed', who: 'alice' });
  await trail.took([transitionAt(17)]);
  await trail.close();
  head = `${trail.head?.seq}:${trail.head?.hash}`;
  clone = join(rig.folder, 'fleet');
  git(['init', '-q', '-b', 'main', clone]);
  writeFileSync(join(clone, 'fleet.yaml'), fleetFile);
  git(['add', '.'], { cwd: clone });
  git(['commit', '-q', '-m', 'A fleet'], { cwd: clone });
  git(['config', 'towline.telemetry', `file://${rig.telemetryGit}`], { cwd: clone });
});
after(() => rig[Symbol.asyncDispose]());

const typed = async (words: readonly string[]) => {
  const [program, ...args] = words;
  assert.equal(program, 'towline');
  return await towline(args, {}, clone);
};

test('the key is accepted into fleet.yaml, once, beside those that are there', async () => {
  const begins = 'towline audit accept';
  const words = guideLine('audit', begins).slice(0, 3);
  for (const _ of [1, 2]) assert.equal((await typed([...words, `${rig.key.publicLine} a comment`])).code, 0);
  const written = readFileSync(join(clone, 'fleet.yaml'), 'utf8');
  assert.equal(written.split(rig.key.publicLine).length, 2, written);
  assert.equal((await typed([...words, 'ssh-rsa AAAA'])).code, 2);
  git(['commit', '-q', '-a', '-m', 'The key'], { cwd: clone });
});

test('the lines that read and verify do so', async () => {
  const instead = {
    [/--head (\S+)/.exec(page)?.[1] ?? '']: head,
    '>': '--until',
    'alice.csv': '0s',
    'october.html': join(rig.folder, 'october.html'),
  };
  const blocks = [...page.matchAll(/^```sh\n(.*?)^```/gms)].flatMap(([, text = '']) =>
    text.trim().split('\n'),
  );
  const lines = blocks.filter(line => line.startsWith('towline') && !/accept|forge\.example/.test(line));
  assert.ok(lines.length >= 8);
  for (const line of lines) {
    const { code, errors } = await typed(guideLine('audit', line, instead));
    assert.equal(code, 0, `${line}: ${errors}`);
  }
  assert.match(readFileSync(join(rig.folder, 'october.html'), 'utf8'), /Which|What|Audit of acme/);
});

test('each control of the table is shown by commands that there are', async () => {
  const rows = page.split('\n').filter(line => /^\| (?:IEC|ISO|CRA)/.test(line));
  assert.ok(rows.length >= 15);
  const program = await makeProgram();
  for (const row of rows) {
    const commands = [...(row.split('|')[3] ?? '').matchAll(/`(towline [^`]+)`/g)].map(
      ([, line = '']) => line,
    );
    assert.ok(commands.length > 0, row);
    for (const line of commands) {
      const words = line.split(' ').map(word => (word === 'HEAD' ? head : word));
      assert.notEqual(verbOf(program, words.slice(1)), undefined, line);
      if (words[1] !== 'audit' || words.includes('--evidence')) continue;
      const { code, errors } = await typed(words);
      assert.equal(code, 0, `${line}: ${errors}`);
    }
  }
});

test('a row that speaks of commits that were refused shows the kinds under which they stand', () => {
  const types: readonly TransitionType[] = [
    'device.stopped',
    'gateway.stopped',
    'trust.fork',
    'device.doubtful',
  ];
  const kinds = types.map(
    type => toldTransition({ ...transitionAt(1), key: { ...transitionAt(1).key, type } }).type,
  );
  for (const control of ['SR 3.4', '(2)(f)']) {
    const row =
      page.split('\n').find(line => line.startsWith('| ') && line.includes(control)) ?? assert.fail();
    const asked = /--type ([a-z ]+)`/.exec(row)?.[1]?.split(' ') ?? [];
    assert.deepEqual(
      kinds.filter(kind => !asked.includes(kind)),
      [],
      control,
    );
  }
});

test('every kind of entry stands in the table of kinds', () => {
  const table = page.slice(page.indexOf('| kind | says |'), page.indexOf('What devices did says'));
  for (const type of auditTypes) assert.ok(table.includes(`\`${type}\``), type);
});
