import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { judge, verdictOf } from '../../bench/lab-soak/bars.ts';
import { Convergence } from '../../bench/lab-soak/convergence.ts';
import { growth } from '../../bench/lab-soak/figures.ts';
import { Obstacles } from '../../bench/lab-soak/obstacles.ts';
import { drawPicture } from '../../bench/lab-soak/picture.ts';
import { type Entry, type Sample, SoakRecord } from '../../bench/lab-soak/record.ts';
import { writeReport } from '../../bench/lab-soak/report.ts';
import { type Planned, type SoakPlaces, schedule } from '../../bench/lab-soak/schedule.ts';
import { slopeOf } from '../../bench/lab-soak/slope.ts';

const MiB = 1024 * 1024;
const minuteMs = 60_000;
const places: SoakPlaces = {
  sites: ['north', 'south'],
  devices: ['north-1', 'north-2', 'south-1', 'south-2'],
  steady: new Set(['north-1', 'south-1']),
  gateways: ['gateway-1'],
};

function planned(seed: number, count: number, fromMs = 0): Planned[] {
  const found: Planned[] = [];
  for (const each of schedule(places, { seed, fromMs, paceMs: 30_000 })) {
    if (found.push(each) === count) break;
  }
  return found;
}

/** A process that grows by so much a day, read every 20 seconds for so many minutes, with the noise of a garbage collector. */
function samplesOf(perDay: number, minutes: number): Sample[] {
  return Array.from({ length: minutes * 3 }, (_, at): Sample => {
    const atMs = at * 20_000;
    const noise = ((at * 7919) % 13) / 13 - 0.5;
    const pssBytes = 40 * MiB + (perDay * MiB * atMs) / 86_400_000 + noise * MiB;
    const figures = { pssBytes, descriptors: 40, cpuMs: atMs / 100, diskBytes: MiB };
    return { kind: 'sample', atMs, part: 'north-1', role: 'agent', life: '1', ageMs: atMs, ...figures };
  });
}

describe('a soak in a lab', () => {
  it('does the same for the same seed, leaves steady devices alone, and kills gateways in turns', () => {
    const all = planned(7, 2000);
    assert.deepEqual(all, planned(7, 2000));
    assert.notDeepEqual(all.slice(0, 50), planned(8, 50));
    const shaken = all.filter(({ what }) => ['reboot', 'fill-disk', 'clock'].includes(what));
    assert.ok(shaken.length > 100);
    for (const { target } of shaken) assert.ok(!places.steady.has(target), target);
    const killed = all.filter(({ what }) => what === 'kill-gateway');
    assert.ok(killed.length > 10);
    for (const { atMs } of killed) assert.equal(Math.floor(atMs / (45 * minuteMs)) % 2, 1);
    const kinds = new Set(all.map(({ what }) => what));
    assert.equal(kinds.size, 11);
  });

  it('goes on in a next part where the last one ended', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'tl-soak-'));
    const file = path.join(folder, 'record.ndjson');
    const record = new SoakRecord(file);
    record.add({ kind: 'kept', atMs: 5000, device: 'north-1', commits: 3 });
    // What was being written when the power went.
    writeFileSync(file, `${readFileSync(file, 'utf8')}{"kind":"kept","atMs":60`);
    const next = new SoakRecord(file);
    assert.equal(next.lastMs, 5000);
    next.add({ kind: 'kept', atMs: 6000, device: 'north-1', commits: 4 });
    assert.equal(new SoakRecord(file).of('kept').length, 2);
    rmSync(folder, { recursive: true });
  });

  it('counts the time in which a device could have had a commit, and gives none up that is cut off', () => {
    const obstacles = new Obstacles(['a', 'b']);
    const convergence = new Convergence(['a', 'b'], obstacles);
    convergence.push({ commit: 'c1', change: 'setting', atMs: 1000 });
    convergence.push({ commit: 'c2', change: 'setting', atMs: 2000 });
    obstacles.block(['b']);
    assert.deepEqual(convergence.heard('a', { followed: 'c2', outcome: 'progressing' }, 2500), []);
    const found = convergence.heard('a', { followed: 'c2', outcome: 'applied' }, 4000);
    assert.deepEqual(
      found.map(({ commit, tookMs }) => [commit, tookMs]),
      [
        ['c1', 3000],
        ['c2', 2000],
      ],
    );
    const later = 60 * minuteMs;
    assert.deepEqual(convergence.givenUp(later), []);
    obstacles.free(['b'], later);
    const [late] = convergence.heard('b', { followed: 'c2', outcome: 'unchanged' }, later + 700);
    assert.equal(late?.tookMs, 700);
    assert.equal(convergence.missing, 0);
    convergence.push({ commit: 'c3', change: 'setting', atMs: later });
    assert.equal(convergence.givenUp(later + 21 * minuteMs).length, 2);
    assert.equal(convergence.missing, 0);
  });

  it('tells growth from noise, and says where the time was too short for that', () => {
    const steady = growth(samplesOf(0, 240), 'pssBytes');
    assert.ok(steady !== undefined && Math.abs(steady.perDay) <= steady.margin * 2);
    const leak = growth(samplesOf(100, 240), 'pssBytes');
    assert.ok(leak !== undefined);
    assert.ok(Math.abs(leak.perDay / MiB - 100) <= leak.margin / MiB + 5, JSON.stringify(leak));
    assert.equal(growth(samplesOf(100, 30), 'pssBytes'), undefined);
    assert.equal(slopeOf([]), undefined);
    const judged = (perDay: number, minutes: number) =>
      judge(samplesOf(perDay, minutes)).find(({ what }) => what === 'memory of agents grows by')?.verdict;
    assert.equal(judged(0, 480), 'holds');
    assert.equal(judged(200, 480), 'missed');
    assert.equal(judged(0, 30), 'undecided');
  });

  it('is red for one commit of telemetry that was lost, and for one device that does not answer', () => {
    const lost: Entry = { kind: 'lost', atMs: 1, what: 'telemetry', device: 'a', detail: 'x' };
    assert.equal(verdictOf(judge([lost])), 'red');
    assert.equal(verdictOf(judge([{ kind: 'end', atMs: 1, silent: ['a'] }])), 'red');
    assert.equal(verdictOf(judge([{ kind: 'end', atMs: 1, silent: [] }])), 'nothing missed yet');
  });

  it('draws what is read on light and dark paper, and nothing that runs or is fetched', () => {
    const lines = [{ name: '<b>&"', parts: [[[0, 1] as const, [minuteMs, 7] as const]] }];
    const marks = [{ atMs: 1000, name: 'cut <north>' }];
    const svg = drawPicture({ title: 'a < b', unit: 'MiB', lines, marks });
    assert.match(svg, /prefers-color-scheme:dark/);
    assert.doesNotMatch(svg, /<script|<b>|href|url\(|NaN|Infinity|undefined/);
    assert.match(svg, /&#60;b&#62;/);
    const empty = drawPicture({ title: 'nothing', unit: 's', lines: [] });
    assert.doesNotMatch(empty, /NaN|Infinity/);
  });

  it('writes a page with a verdict, tables and pictures of whatever there is', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'tl-soak-'));
    const part: Entry = {
      kind: 'part',
      atMs: 0,
      seed: 1,
      devices: 4,
      clock: '2026-01-01T00:00:00Z',
      machine: {},
    };
    const trouble = 'ssh: | no\nway';
    const happened: Entry = { kind: 'happened', atMs: 5, what: 'tunnel', target: 'a', lastsMs: 0, trouble };
    assert.equal(writeReport(folder, [part, ...samplesOf(0, 60), happened]), 'nothing missed yet');
    const page = readFileSync(path.join(folder, 'README.md'), 'utf8');
    assert.match(page, /^# Soak of 60 min: nothing missed yet\n/);
    for (const [, file = ''] of page.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g))
      assert.match(readFileSync(path.join(folder, file), 'utf8'), /^<svg /);
    rmSync(folder, { recursive: true });
  });
});
