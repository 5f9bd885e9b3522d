/** Pictures of a soak as SVG: lines over time, in colours that are read on light and on dark paper. No script, no font, no address. */

export interface Line {
  readonly name: string;
  /** Parts that belong together; between two parts there is a gap. */
  readonly parts: readonly (readonly (readonly [atMs: number, value: number])[])[];
}

/** A time that is marked by a stroke at the foot. */
export interface Mark {
  readonly atMs: number;
  readonly name: string;
}

export interface Picture {
  readonly title: string;
  /** Of the values: `MiB`. */
  readonly unit: string;
  readonly lines: readonly Line[];
  readonly marks?: readonly Mark[];
  /** Points alone, no lines between them. */
  readonly dots?: boolean;
}

const size = { width: 860, height: 300, left: 56, right: 16, top: 34, bottom: 56 } as const;
const colours = ['#3b6fd4', '#c8553d', '#2a8c6e', '#9255b8', '#b58105', '#3c93a8', '#b8437f', '#6b7280'];
const darkColours = ['#86aef7', '#f2917d', '#6cd3b0', '#c99be8', '#e6bb54', '#7fd0e3', '#f08fc0', '#a9b1bd'];

const escaped = (text: string) => text.replace(/[&<>"]/g, found => `&#${found.codePointAt(0) ?? 0};`);

/** 1, 2 or 5 times a power of ten, so that some five fit. */
function stepOf(range: number): number {
  const power = 10 ** Math.floor(Math.log10(range / 4));
  const step = [1, 2, 5, 10].find(each => range / (each * power) <= 6) ?? 10;
  return step * power;
}

const steps = (least: number, most: number, step: number) =>
  Array.from({ length: Math.floor((most - least) / step) + 1 }, (_, at) => least + at * step);

const timeStepsMs = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440].map(minutes => minutes * 60_000);

function timeText(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`;
}

interface Scale {
  x(atMs: number): string;
  y(value: number): string;
  readonly mostMs: number;
  readonly most: number;
}

function scaleOf(lines: readonly Line[]): Scale {
  const points = lines.flatMap(({ parts }) => parts.flat());
  const mostMs = Math.max(60_000, ...points.map(([at]) => at));
  const highest = Math.max(1e-9, ...points.map(([, value]) => value));
  const most = Math.ceil((highest * 1.05) / stepOf(highest)) * stepOf(highest);
  const across = size.width - size.left - size.right;
  const down = size.height - size.top - size.bottom;
  return {
    x: atMs => (size.left + (atMs / mostMs) * across).toFixed(1),
    y: value => (size.height - size.bottom - (value / most) * down).toFixed(1),
    mostMs,
    most,
  };
}

function grid({ x, y, mostMs, most }: Scale): string {
  const step = stepOf(most);
  const values = steps(0, most, step).map(
    value =>
      `<path class="g" d="M${size.left} ${y(value)}H${size.width - size.right}"/>` +
      `<text x="${size.left - 6}" y="${y(value)}" dy=".35em" text-anchor="end">${Number(value.toPrecision(6))}</text>`,
  );
  const timeStep = timeStepsMs.find(each => mostMs / each <= 9) ?? 86_400_000;
  const foot = size.height - size.bottom;
  const times = steps(0, mostMs, timeStep).map(
    at => `<text x="${x(at)}" y="${foot + 20}" text-anchor="middle">${timeText(at)}</text>`,
  );
  return [...values, ...times].join('');
}

function drawn({ parts }: Line, at: number, scale: Scale, dots: boolean): string {
  const place = ([atMs, value]: readonly [number, number]) => `${scale.x(atMs)} ${scale.y(value)}`;
  const kind = `c${at % colours.length}`;
  if (dots) {
    const points = parts.flat().map(point => `M${place(point)}h0`);
    return `<path class="d ${kind}" d="${points.join('')}"/>`;
  }
  const paths = parts.filter(part => part.length > 0).map(part => `M${part.map(place).join('L')}`);
  return `<path class="l ${kind}" d="${paths.join('')}"/>`;
}

function legend(lines: readonly Line[]): string {
  let left = size.left;
  const foot = size.height - 12;
  return lines
    .map(({ name }, at) => {
      const x = left;
      left += 30 + name.length * 7;
      return `<path class="k c${at % colours.length}" d="M${x} ${foot - 4}h12"/><text x="${x + 16}" y="${foot}">${escaped(name)}</text>`;
    })
    .join('');
}

const rules = (list: readonly string[]) => list.map((colour, at) => `.c${at}{stroke:${colour}}`).join('');

const style = `<style>text{font:12px system-ui,sans-serif;fill:#3d444d}.t{font-weight:600;font-size:14px}.b{fill:#fff}.g{stroke:#d8dee4}.m{stroke:#8b949e;opacity:.6}.l{fill:none;stroke-width:1.3}.d{fill:none;stroke-width:4;stroke-linecap:round;opacity:.75}.k{stroke-width:3}${rules(colours)}@media(prefers-color-scheme:dark){text{fill:#c9d1d9}.b{fill:#0d1117}.g{stroke:#30363d}${rules(darkColours)}}</style>`;

/** @returns the text of an SVG file */
export function drawPicture({ title, unit, lines, marks = [], dots = false }: Picture): string {
  const scale = scaleOf(lines);
  const foot = size.height - size.bottom;
  const strokes = marks
    .filter(({ atMs }) => atMs <= scale.mostMs)
    .map(
      ({ atMs, name }) =>
        `<path class="m" d="M${scale.x(atMs)} ${foot}v6"><title>${escaped(name)}</title></path>`,
    );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" role="img">`,
    `<title>${escaped(title)}</title>${style}`,
    `<path class="b" d="M0 0h${size.width}v${size.height}H0z"/>`,
    `<text class="t" x="${size.left}" y="20">${escaped(title)} (${escaped(unit)}; hours:minutes)</text>`,
    grid(scale),
    strokes.join(''),
    lines.map((line, at) => drawn(line, at, scale, dots)).join('\n'),
    legend(lines),
    '</svg>\n',
  ].join('\n');
}
