/** The report of a soak: a page with its verdict, its pictures, and what happened. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Judged, judge, verdictOf } from './bars.ts';
import { livesOf, type Measured, quantile, samplesOf } from './figures.ts';
import { drawPicture, type Line, type Mark } from './picture.ts';
import type { Converged, Entry, Happened, PartBegins, Sample } from './record.ts';

const MiB = 1024 * 1024;
const words = { holds: 'holds', undecided: 'undecided', missed: '**missed**' } as const;
/** A line of a picture has no more points than a screen has. */
const maxPoints = 600;

function thinned<Point>(points: readonly Point[]): Point[] {
  const each = Math.ceil(points.length / maxPoints);
  return points.filter((_, at) => at % each === 0 || at === points.length - 1);
}

const partsOf = (samples: readonly Sample[]) => [...new Set(samples.map(({ part }) => part))].sort();

/** A line for each device or gateway, with a gap wherever its process began anew. */
function linesOf(samples: readonly Sample[], value: (sample: Sample) => number): Line[] {
  return partsOf(samples).map(name => {
    const lives = livesOf(samples.filter(({ part }) => part === name));
    const points = [...lives.values()].map(life =>
      thinned(life.map(sample => [sample.atMs, value(sample)] as const)),
    );
    return { name, parts: points };
  });
}

/** Part of a processor between two readings, percent. */
function processorLines(samples: readonly Sample[]): Line[] {
  return partsOf(samples).map(name => {
    const lives = livesOf(samples.filter(({ part }) => part === name));
    const points = [...lives.values()].map(life => {
      const each = thinned(life);
      return each.flatMap((sample, at) => {
        const last = each[at - 1];
        if (last === undefined || sample.ageMs <= last.ageMs) return [];
        const share = (100 * (sample.cpuMs - last.cpuMs)) / (sample.ageMs - last.ageMs);
        return [[sample.atMs, Math.max(0, share)] as const];
      });
    });
    return { name, parts: points };
  });
}

const convergedLines = (found: readonly Converged[]): Line[] =>
  [...new Set(found.map(({ change }) => change))].sort().map(change => ({
    name: change,
    parts: [
      thinned(found.filter(each => each.change === change)).map(
        ({ atMs, tookMs }) => [atMs, tookMs / 1000] as const,
      ),
    ],
  }));

const marksOf = (happened: readonly Happened[]): Mark[] =>
  happened.map(({ atMs, what, target }) => ({ atMs, name: `${what} ${target}` }));

interface Drawn {
  readonly file: string;
  readonly alt: string;
  readonly svg: string;
}

function picturesOf(entries: readonly Entry[]): Drawn[] {
  const marks = marksOf(entries.filter(entry => entry.kind === 'happened'));
  const drawn: Drawn[] = [];
  const measured: readonly (readonly [Measured, string, string, number])[] = [
    ['pssBytes', 'memory', 'MiB', MiB],
    ['descriptors', 'descriptors', 'open', 1],
    ['diskBytes', 'disk', 'MiB', MiB],
  ];
  for (const role of ['agent', 'gateway'] as const) {
    const samples = samplesOf(entries, role);
    for (const [value, name, unit, scale] of measured) {
      const title = `${name} of ${role}s`;
      const lines = linesOf(samples, sample => sample[value] / scale);
      drawn.push({
        file: `${role}-${name}.svg`,
        alt: title,
        svg: drawPicture({ title, unit, lines, marks }),
      });
    }
    const title = `processor of ${role}s`;
    const picture = { title, unit: '% of a core', lines: processorLines(samples), marks };
    drawn.push({ file: `${role}-processor.svg`, alt: title, svg: drawPicture(picture) });
  }
  const converged = entries.filter(entry => entry.kind === 'converged');
  const title = 'a commit until a device has it';
  const picture = { title, unit: 's', lines: convergedLines(converged), marks, dots: true };
  drawn.push({ file: 'convergence.svg', alt: title, svg: drawPicture(picture) });
  return drawn;
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [head, head.map(() => '---'), ...rows].map(row => `| ${row.join(' | ')} |`).join('\n');

function hours(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  return minutes < 120 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`;
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

function convergenceTable(found: readonly Converged[]): string {
  const kinds = [...new Set(found.map(({ change }) => change))].sort();
  const rows = kinds.map(kind => {
    const of = found.filter(({ change }) => change === kind);
    const took = of.map(({ tookMs }) => tookMs);
    const outcomes = [...new Set(of.map(({ outcome }) => outcome))].sort();
    const counts = outcomes.map(
      outcome => `${of.filter(each => each.outcome === outcome).length} ${outcome}`,
    );
    const times = [quantile(took, 0.5), quantile(took, 0.95), Math.max(...took)].map(seconds);
    return [kind, String(of.length), ...times, counts.join(', ')];
  });
  return table(['change', 'commit × device', 'median', '95 of 100', 'longest', 'outcomes'], rows);
}

function happenedTable(happened: readonly Happened[]): string {
  const kinds = [...new Set(happened.map(({ what }) => what))].sort();
  const rows = kinds.map(kind => {
    const of = happened.filter(({ what }) => what === kind);
    const troubled = of.filter(({ trouble }) => trouble !== undefined).length;
    return [kind, String(of.length), troubled === 0 ? '' : String(troubled)];
  });
  return table(['what', 'times', 'of these not as meant'], rows);
}

function troubles(happened: readonly Happened[]): string[] {
  const told = happened.flatMap(({ atMs, what, target, trouble }) =>
    trouble === undefined
      ? []
      : [`- ${hours(atMs)} ${what} ${target}: ${trouble.replaceAll('\n', ' ').slice(0, 300)}`],
  );
  const more = told.length - 40;
  return told.length === 0 ? [] : ['', ...told.slice(0, 40), ...(more > 0 ? [`- and ${more} more`] : [])];
}

const verdictTable = (judged: readonly Judged[]) =>
  table(
    ['what', 'seen', 'bar', ''],
    judged.map(({ what, seen, bar, verdict }) => [what, seen, bar, words[verdict]]),
  );

function partsTable(parts: readonly PartBegins[], lastMs: number): string {
  const rows = parts.map(({ clock, seed, devices, atMs }, at) => {
    const end = parts[at + 1]?.atMs ?? lastMs;
    return [
      String(at + 1),
      clock.slice(0, 16).replace('T', ' '),
      hours(end - atMs),
      String(seed),
      String(devices),
    ];
  });
  return table(['part', 'began, UTC', 'took', 'seed', 'devices'], rows);
}

/** The page, and what it comes to. */
export function reportText(entries: readonly Entry[], pictures: readonly Pick<Drawn, 'file' | 'alt'>[]) {
  const judged = judge(entries);
  const verdict = verdictOf(judged);
  const happened = entries.filter(entry => entry.kind === 'happened');
  const converged = entries.filter(entry => entry.kind === 'converged');
  const parts = entries.filter(entry => entry.kind === 'part');
  const lost = entries.filter(entry => entry.kind === 'lost');
  const lastMs = entries.reduce((last, { atMs }) => Math.max(last, atMs), 0);
  const machine = Object.entries(parts.at(-1)?.machine ?? {}).map(([name, value]) => `${name} ${value}`);
  const text = [
    `# Soak of ${hours(lastMs)}: ${verdict}`,
    '',
    'A fleet in a lab while uplinks are cut, devices lose power, gateways are killed, disks are full, clocks are wrong, and releases go out, good ones and',
    'bad ones. [What it does and how it is read](../guides/soak.md). A small stroke at the foot of a picture is something that happened.',
    '',
    partsTable(parts, lastMs),
    '',
    `Machine: ${machine.join(', ')}.`,
    '',
    '## Verdict',
    '',
    verdictTable(judged),
    '',
    '“Undecided”: the time was too short to tell growth from noise; the margin holds the true value 19 times of 20.',
    ...(lost.length === 0
      ? []
      : [
          '',
          '## Lost',
          '',
          ...lost.map(each => `- ${hours(each.atMs)} ${each.device}, ${each.what}: ${each.detail}`),
        ]),
    '',
    '## Convergence',
    '',
    'Of each commit on each device, since it was pushed, or since nothing was in the device’s way any more.',
    '',
    convergenceTable(converged),
    '',
    '## What happened',
    '',
    happenedTable(happened),
    ...troubles(happened),
    '',
    '## Pictures',
    '',
    ...pictures.map(({ file, alt }) => `![${alt}](${file})\n`),
  ].join('\n');
  return { text: `${text.trimEnd()}\n`, verdict };
}

/** Writes the page and its pictures into a folder. @returns what it comes to */
export function writeReport(folder: string, entries: readonly Entry[]): ReturnType<typeof verdictOf> {
  mkdirSync(folder, { recursive: true });
  const pictures = picturesOf(entries);
  for (const { file, svg } of pictures) writeFileSync(path.join(folder, file), svg);
  const { text, verdict } = reportText(entries, pictures);
  writeFileSync(path.join(folder, 'README.md'), text);
  return verdict;
}
