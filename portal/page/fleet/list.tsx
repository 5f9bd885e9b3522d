/** The fleet as one list: filtered and sorted at the server, drawn as far as it is seen. */
import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { useLive } from '../api/answer.ts';
import { pauseDevices, resumeDevices } from '../change/intents.ts';
import { ProposeButton } from '../change/propose.tsx';
import { announce } from '../part/announce.tsx';
import { FailureNote } from '../part/trouble.tsx';
import { place } from '../route/place.ts';
import { say } from '../words/say.ts';
import { Filters, filterQuestion } from './filters.tsx';
import { FleetTable } from './fleet-table.tsx';
import { FleetRows } from './rows.ts';

/** Devices that one stream follows. */
const followedRows = 100;

export function FleetList() {
  const rows = useMemo(() => new FleetRows(), []);
  const chosen = useSignal<ReadonlySet<string>>(new Set());
  const seen = useSignal('');
  const question = filterQuestion(place.value.query);
  useEffect(() => rows.choose(question), [rows, question]);
  useEffect(() => () => rows.end(), [rows]);
  useLive(seen.value === '' ? undefined : `/live?ids=${seen.value}`, told => {
    if (told.event !== 'rows') return;
    const { rows: changed, gone = [] } = told.data;
    if (gone.length > 0) rows.again();
    else rows.change(changed);
  });
  const total = rows.total.value;
  useEffect(() => {
    if (total !== undefined) announce(say('devices.found', { count: total }));
  }, [total]);
  return (
    <div class="stack">
      <Filters />
      <div class="spread">
        <span class="quiet">
          {total === undefined ? say('state.loading') : say('devices.found', { count: total })}
        </span>
        <Chosen chosen={[...chosen.value]} />
      </div>
      {rows.failure.value === undefined ? null : <FailureNote facts={rows.failure.value} />}
      <FleetTable rows={rows} chosen={chosen} onSeen={useSeen(rows, value => (seen.value = value))} />
    </div>
  );
}

function Chosen({ chosen }: { readonly chosen: readonly string[] }) {
  if (chosen.length === 0) return null;
  return (
    <span class="line">
      {say('devices.chosen', { count: chosen.length })}
      <ProposeButton {...pauseDevices(chosen, [], say('devices.pause'))} />
      <ProposeButton {...resumeDevices(chosen, [], say('devices.resume'))} />
    </span>
  );
}

/** Tells which devices are looked at, once the list has come to rest. */
function useSeen(rows: FleetRows, tell: (ids: string) => void): (from: number, to: number) => void {
  const timer = useRef<number | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  return useMemo(
    () => (from, to) => {
      clearTimeout(timer.current);
      timer.current = setTimeout(() => {
        const ids: string[] = [];
        for (let index = from; index < to && ids.length < followedRows; index += 1) {
          const row = rows.at(index);
          if (row !== undefined) ids.push(row.id);
        }
        tell(ids.join(','));
      }, 400);
    },
    [rows],
  );
}
