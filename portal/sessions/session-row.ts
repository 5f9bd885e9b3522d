/** A recorded session as the API has it, with what can be done about it from here. */
import type { RecordedRow } from '../../core/recording/recorded-row.ts';
import { sessionOf } from '../../core/recording/recording-id.ts';
import type { Session } from '../api/types.generated.ts';
import type { SessionHome } from './session-home.ts';

export function sessionRow(row: RecordedRow, home: SessionHome): Session {
  const { device, recording, operator, service, started, seconds, bytes, state } = row;
  const isLive = state === 'open';
  const noWatch = isLive ? home.noWatch(device) : 'it is over';
  const noReplay = state === 'gone' ? 'the gateway does not have it, or not any more' : home.noReplay;
  return {
    ...{ device, id: recording, begin: started, live: isLive, bytes },
    ...(operator === '' ? {} : { person: operator }),
    ...(service === '' ? {} : { what: service }),
    ...(seconds === undefined ? {} : { end: endOf(started, seconds) }),
    watch: { open: noWatch === undefined, ...(noWatch === undefined ? {} : { why: noWatch }) },
    replay: {
      open: noReplay === undefined,
      ...(noReplay === undefined ? {} : { why: noReplay }),
      command: isLive
        ? `ssh watch+${sessionOf(recording)}@${device}`
        : `towline session play ${recording} --device ${device}`,
    },
  };
}

const endOf = (started: string, seconds: number): string =>
  `${new Date(Date.parse(started) + seconds * 1000).toISOString().slice(0, 19)}Z`;
