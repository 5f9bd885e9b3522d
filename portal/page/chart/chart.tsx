/** One chart of uPlot: the series of one name. Its numbers stand beside it in words. */
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import type { Metrics, SeriesWord } from '../api/answers.ts';
import { needStyle } from '../part/style-sheet.ts';
import { byteWords, numberWords } from '../words/amount.ts';
import { say } from '../words/say.ts';

export interface ChartProperties {
  readonly name: string;
  readonly metrics: Metrics;
}

/** Told apart by the dash, too. */
const strokes = ['--accent', '--bad', '--good', '--notice', '--quiet'] as const;
const dashes = [[], [6, 4], [2, 3], [10, 4, 2, 4], [1, 4]];
const heightPixels = 200;
/** Of one chart; what is more is told by name in the choice above. */
const maxSeries = 10;

export function Chart({ name, metrics }: ChartProperties) {
  const box = useRef<HTMLDivElement>(null);
  const chosen = metrics.series
    .map((series, index) => ({ series, column: metrics.columns[index + 1] ?? [] }))
    .filter(({ series }) => series.name === name)
    .slice(0, maxSeries);
  const unit = chosen[0]?.series.unit;
  useEffect(() => {
    needStyle('chart');
    const element = box.current;
    if (element === null) return undefined;
    const plot = new uPlot(
      optionsOf(
        element,
        chosen.map(({ series }) => series),
        unit,
      ),
      [[...(metrics.columns[0] ?? [])].map(Number), ...chosen.map(({ column }) => [...column])],
      element,
    );
    const watch = new ResizeObserver(() => {
      plot.setSize({ width: element.clientWidth, height: heightPixels });
    });
    watch.observe(element);
    return () => {
      watch.disconnect();
      plot.destroy();
    };
  }, [metrics, name]);
  return (
    <figure class="card">
      <figcaption>
        <h3>{unit === undefined ? name : `${name} (${unit})`}</h3>
        <ul class="small quiet">
          {chosen.map(({ series, column }) => (
            <li key={series.key}>{`${labelOf(series)}: ${numbersOf(column, unit)}`}</li>
          ))}
        </ul>
      </figcaption>
      <div class="chart" ref={box} aria-hidden="true" />
    </figure>
  );
}

function optionsOf(
  element: HTMLElement,
  series: readonly SeriesWord[],
  unit: string | undefined,
): uPlot.Options {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const axis = {
    stroke: colour('--quiet'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { stroke: colour('--line'), width: 1 },
  };
  return {
    width: element.clientWidth || 400,
    height: heightPixels,
    legend: { show: false },
    cursor: { drag: { x: false, y: false } },
    axes: [axis, { ...axis, size: 76, values: (_, splits) => splits.map(value => valueWords(value, unit)) }],
    series: [
      {},
      ...series.map((one, index) => ({
        label: labelOf(one),
        stroke: colour(strokes[index % strokes.length] ?? '--accent'),
        dash: dashes[index % dashes.length] ?? [],
        width: 1.5,
        points: { show: false },
      })),
    ],
  };
}

const labelOf = ({ key, name }: SeriesWord): string => (key === name ? name : key.slice(name.length));

const valueWords = (value: number, unit: string | undefined): string =>
  unit === 'bytes' || unit === 'By' ? byteWords(value) : numberWords(value);

function numbersOf(column: readonly (number | null)[], unit: string | undefined): string {
  const values = column.filter(value => value !== null);
  const newest = values.at(-1);
  if (newest === undefined) return say('metrics.none');
  const least = values.reduce((left, right) => Math.min(left, right));
  const most = values.reduce((left, right) => Math.max(left, right));
  return say('metrics.newest', {
    newest: valueWords(newest, unit),
    least: valueWords(least, unit),
    most: valueWords(most, unit),
  });
}
