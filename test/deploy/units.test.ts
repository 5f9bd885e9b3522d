/** What the units leave open: no more than 2.0 by systemd's own count, and each point of it explained. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { requireCommands } from '../../lab/machine/packages.ts';

const root = path.resolve(import.meta.dirname, '../..');
const page = readFileSync(path.join(root, 'docs/decisions/units.md'), 'utf8');

interface Point {
  readonly name: string;
  readonly exposure: string | null;
}

function analyse(
  unit: string,
  ...options: string[]
): { status: number | null; stdout: string; stderr: string } {
  const file = path.join(root, 'deploy/systemd', unit);
  return spawnSync('systemd-analyze', ['security', '--offline=true', ...options, file], { encoding: 'utf8' });
}

/** Settings that the page explains for a program: the first column, where its own column has a number. */
function explained(column: 1 | 2): Set<string> {
  const rows = page.split('\n').map(line =>
    line
      .replaceAll('\\|', '\0')
      .split('|')
      .map(cell => cell.trim()),
  );
  return new Set(
    rows.flatMap(cells => {
      const name = /^`(.*)`$/.exec(cells[1] ?? '')?.[1];
      const counts = /^\d/.test(cells[column + 1] ?? '');
      return name !== undefined && counts ? [name.replaceAll('\0', '|')] : [];
    }),
  );
}

for (const [unit, column] of [
  ['towline-agent.service', 1],
  ['towline-gateway.service', 2],
] as const) {
  describe(unit, () => {
    before(() => requireCommands(['systemd-analyze']));

    test('scores 2.0 at most', () => {
      const judged = analyse(unit, '--threshold=20');
      assert.match(judged.stdout, /Overall exposure level for .*: [01]\.\d|: 2\.0/);
      assert.equal(judged.status, 0, judged.stdout.slice(-300) + judged.stderr);
      assert.notEqual(analyse(unit, '--threshold=1').status, 0, 'the threshold is one');
    });

    test('leaves nothing open that docs/decisions/units.md does not explain', () => {
      const points = JSON.parse(analyse(unit, '--json=short').stdout) as Point[];
      assert.ok(points.length > 50);
      const open = points.filter(({ exposure }) => Number(exposure ?? 0) > 0).map(({ name }) => name);
      const known = explained(column);
      assert.ok(open.length > 3);
      assert.deepEqual(
        open.filter(name => !known.has(name)),
        [],
      );
    });

    test('writes no memory to a core file', () => {
      const text = readFileSync(path.join(root, 'deploy/systemd', unit), 'utf8');
      assert.match(text, /^LimitCORE=0$/m);
    });
  });
}

test('an agent goes on where what it runs beside itself is ended for its memory', () => {
  for (const unit of ['towline-agent.service', 'towline-agent@.service'])
    assert.match(readFileSync(path.join(root, 'deploy/systemd', unit), 'utf8'), /^OOMPolicy=continue$/m);
});

test('the drop-in that lets the agent read the engine’s files, typed as on the page, opens four points more, each explained, and scores 2.0 at most', () => {
  requireCommands(['systemd-analyze']);
  const systemd = path.join(root, 'deploy/systemd');
  const guide = readFileSync(path.join(root, 'docs/guides/telemetry.md'), 'utf8');
  const [, block = ''] = /^```sh\n(install .*?)^```$/ms.exec(guide) ?? [];
  const machine = mkdtempSync(path.join(tmpdir(), 'towline-unit-'));
  const units = path.join(machine, 'etc/systemd/system');
  mkdirSync(units, { recursive: true });
  copyFileSync(path.join(systemd, 'towline-agent.service'), path.join(units, 'towline-agent.service'));
  // What is restarted is read as that machine's systemd would read it.
  const systemctl = `systemctl() {
    case "$*" in
      daemon-reload) ;;
      'restart towline-agent')
        systemd-analyze security --root=${machine} --offline=true --json=short --threshold=20 towline-agent.service ;;
      *) return 1 ;;
    esac
  }`;
  const typed = `set -e\n${systemctl}\n${block.replaceAll(' /etc/', ` ${machine}/etc/`)}`;
  const judged = spawnSync('sh', ['-c', typed], { encoding: 'utf8', cwd: systemd });
  rmSync(machine, { recursive: true });
  assert.equal(judged.status, 0, judged.stderr);
  const points = JSON.parse(judged.stdout) as Point[];
  const open = points.filter(({ exposure }) => Number(exposure ?? 0) > 0).map(({ name }) => name);
  const known = explained(1);
  assert.deepEqual(open.filter(name => !known.has(name)).sort(), [
    'AmbientCapabilities=',
    'CapabilityBoundingSet=~CAP_(DAC_*|FOWNER|IPC_OWNER)',
    'ProcSubset=',
    'ProtectProc=',
  ]);
  for (const name of ['AmbientCapabilities=', 'CapabilityBoundingSet=', 'ProcSubset=', 'ProtectProc='])
    assert.ok(page.includes(name), name);
});
