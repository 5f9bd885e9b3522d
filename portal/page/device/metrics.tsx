/** Curves of what a device has measured. */

import { useSignal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { useAnswer } from '../api/answer.ts';
import type { Device, Metrics as MetricsAnswer } from '../api/answers.ts';
import { query } from '../api/client.ts';
import type { ChartProperties } from '../chart/chart.tsx';
import { pathPart } from '../part/address.ts';
import { Choice } from '../part/field.tsx';
import { Loaded } from '../part/loaded.tsx';
import { now } from '../part/moment.tsx';
import { Note } from '../part/trouble.tsx';
import { place, refine } from '../route/place.ts';
import { say } from '../words/say.ts';

const windows = { '1h': 3600, '6h': 6 * 3600, '24h': 86_400, '7d': 7 * 86_400 } as const;
type Window = keyof typeof windows;
const isWindow = (word: string): word is Window => Object.hasOwn(windows, word);

/** Of one answer. */
const points = 400;

export function Metrics({ device }: { readonly device: Device }) {
  const { query: asked } = place.value;
  const word = asked.get('window') ?? '6h';
  const window: Window = isWindow(word) ? word : '6h';
  const series = asked.get('series') ?? undefined;
  // To the minute: else the address would be another one each time it is drawn.
  const from = Math.floor((now.value / 1000 - windows[window]) / 60) * 60;
  const answer = useAnswer<MetricsAnswer>(
    `/devices/${pathPart(device.id)}/metrics${query({ series, from: new Date(from * 1000).toISOString(), points })}`,
  );
  return (
    <section class="stack" aria-labelledby="metrics">
      <h2 id="metrics">{say('metrics.title')}</h2>
      <Loaded answer={answer}>
        {metrics => (
          <>
            <form class="filters" onSubmit={event => event.preventDefault()}>
              <Choice
                label={say('metrics.window')}
                name="window"
                value={window}
                options={Object.keys(windows)
                  .filter(isWindow)
                  .map(one => [one, say(`metrics.window.${one}`)] as const)}
                onChange={value => refine({ window: value })}
              />
              <Choice
                label={say('metrics.series')}
                name="series"
                value={series ?? ''}
                options={[['', say('devices.any')], ...metrics.names.map(name => [name, name] as const)]}
                onChange={value => refine({ series: value })}
              />
            </form>
            {metrics.doubtful.length === 0 ? null : (
              <Note>{say('logs.doubtful', { what: metrics.doubtful.join(', ') })}</Note>
            )}
            <Charts metrics={metrics} />
          </>
        )}
      </Loaded>
    </section>
  );
}

/** Names that belong together are one chart; the library comes with the first of them. */
function Charts({ metrics }: { readonly metrics: MetricsAnswer }) {
  const chart = useSignal<{ readonly draw: ComponentType<ChartProperties> } | undefined>(undefined);
  useEffect(() => {
    import('../chart/chart.tsx').then(
      ({ Chart }) => {
        chart.value = { draw: Chart };
      },
      () => undefined,
    );
  }, [chart]);
  const names = [...new Set(metrics.series.map(({ name }) => name))];
  const [times = []] = metrics.columns;
  if (names.length === 0 || times.length === 0) return <p class="quiet">{say('metrics.none')}</p>;
  const Draw = chart.value?.draw;
  if (Draw === undefined) return <p class="quiet">{say('state.loading')}</p>;
  return (
    <div class="charts">
      {names.map(name => (
        <Draw key={name} name={name} metrics={metrics} />
      ))}
    </div>
  );
}
