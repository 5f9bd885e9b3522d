/** The table of the list: as long as the fleet, with rows only where somebody looks. */
import { type Signal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { place, refine } from '../route/place.ts';
import { say } from '../words/say.ts';
import { filterQuestion } from './filters.tsx';
import { FleetRow } from './fleet-row.tsx';
import type { FleetRows } from './rows.ts';

interface FleetTableProperties {
  readonly rows: FleetRows;
  readonly chosen: Signal<ReadonlySet<string>>;
  readonly onSeen: (from: number, to: number) => void;
}

/** Column → what the server sorts by. */
const columns = [
  ['id', 'device'],
  ['standing', 'outcome'],
  ['wanted', 'release'],
  ['running', undefined],
  ['reported', 'reported'],
  ['behind', 'behind'],
  ['why', undefined],
] as const;

/** Drawn above and below what is seen. */
const spare = 12;
/** What is only scrolled past is not asked for. */
const restMs = 60;
/** Before the first row has been measured. */
const guessedHeight = 35;

export function FleetTable({ rows, chosen, onSeen }: FleetTableProperties) {
  const box = useRef<HTMLDivElement>(null);
  const range = useSignal({ from: 0, to: 30 });
  const height = useRef(guessedHeight);
  const asking = useRef<number | undefined>(undefined);
  useEffect(() => () => clearTimeout(asking.current), []);
  const total = rows.total.value ?? 0;
  const version = rows.version.value;
  const look = (): void => {
    const element = box.current;
    if (element === null) return;
    const drawn = element.querySelector<HTMLElement>('tbody tr[data-row]');
    if (drawn !== null && drawn.offsetHeight > 0) height.current = drawn.offsetHeight;
    const first = Math.floor(element.scrollTop / height.current);
    const count = Math.ceil(element.clientHeight / height.current);
    const next = { from: Math.max(0, first - spare), to: Math.min(total, first + count + spare) };
    if (next.from !== range.value.from || next.to !== range.value.to) range.value = next;
    clearTimeout(asking.current);
    asking.current = setTimeout(() => rows.need(next.from, next.to), restMs);
    onSeen(first, Math.min(total, first + count));
  };
  // What is seen changes with what has come.
  useEffect(look, [total, version]);
  const { from, to } = range.value;
  const last = Math.min(to, total);
  return (
    // biome-ignore lint/a11y/useSemanticElements: no set of fields, and no landmark either
    <div
      role="group"
      ref={box}
      class="table windowed"
      aria-label={say('devices.list')}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
      tabIndex={0}
      onScroll={look}
    >
      <table aria-rowcount={total + 1}>
        <Head />
        <tbody>
          <Gap rows={from} height={height.current} />
          {Array.from({ length: Math.max(0, last - from) }, (_, index) => from + index).map(index => (
            <FleetRow key={index} index={index} row={rows.at(index)} chosen={chosen} />
          ))}
          <Gap rows={total - last} height={height.current} />
          {rows.total.value === 0 ? (
            <tr>
              <td colSpan={8} class="quiet">
                {say(filterQuestion(place.value.query) === '' ? 'table.none' : 'table.empty')}
              </td>
            </tr>
          ) : null}
        </tbody>
      </table>
    </div>
  );
}

function Gap({ rows, height }: { readonly rows: number; readonly height: number }) {
  if (rows <= 0) return null;
  return (
    <tr class="gap">
      <td colSpan={8} style={{ height: `${rows * height}px` }} />
    </tr>
  );
}

function Head() {
  const { query } = place.value;
  const sorted = query.get('sort') ?? 'device';
  const isDown = query.get('order') === 'desc';
  return (
    <thead>
      <tr aria-rowindex={1}>
        <th scope="col" class="narrow">
          <span class="unseen">{say('devices.column.choose')}</span>
        </th>
        {columns.map(([column, sort]) => (
          <th
            key={column}
            scope="col"
            aria-sort={sort !== sorted ? undefined : isDown ? 'descending' : 'ascending'}
          >
            {sort === undefined ? (
              say(`devices.column.${column}`)
            ) : (
              <button
                type="button"
                class="sorter"
                onClick={() => refine({ sort, order: sort === sorted && !isDown ? 'desc' : undefined })}
              >
                {say(`devices.column.${column}`)}
              </button>
            )}
          </th>
        ))}
      </tr>
    </thead>
  );
}
