/** One device in the list. */
import type { Signal } from '@preact/signals';
import type { Row } from '../api/answers.ts';
import { deviceAddress } from '../part/address.ts';
import { Badge } from '../part/badge.tsx';
import { Moment } from '../part/moment.tsx';
import { Words } from '../part/words.tsx';
import { say, sayOf } from '../words/say.ts';

interface FleetRowProperties {
  readonly index: number;
  readonly row: Row | undefined;
  readonly chosen: Signal<ReadonlySet<string>>;
}

export function FleetRow({ index, row, chosen }: FleetRowProperties) {
  if (row === undefined) {
    return (
      <tr data-row aria-rowindex={index + 2}>
        <td colSpan={8} class="quiet">
          …
        </td>
      </tr>
    );
  }
  const choose = (on: boolean): void => {
    const next = new Set(chosen.value);
    if (on) next.add(row.id);
    else next.delete(row.id);
    chosen.value = next;
  };
  return (
    <tr data-row data-device={row.id} aria-rowindex={index + 2}>
      <td class="narrow">
        <input
          type="checkbox"
          aria-label={say('devices.choose', { device: row.id })}
          checked={chosen.value.has(row.id)}
          onChange={event => choose(event.currentTarget.checked)}
        />
      </td>
      <th scope="row" title={row.id}>
        <a href={deviceAddress(row.id)}>{row.id}</a>
      </th>
      <td>
        <States row={row} />
      </td>
      <td title={row.w}>{row.w ?? ''}</td>
      <td title={row.n}>
        {row.n ?? (row.r === undefined ? '' : <span class="quiet">{say('devices.same')}</span>)}
      </td>
      <td>{row.r === undefined ? <span class="quiet">–</span> : <Moment at={row.r * 1000} />}</td>
      <td>{behindWords(row.b)}</td>
      <td title={row.y}>
        <Words text={row.y ?? ''} />
      </td>
    </tr>
  );
}

function States({ row }: { readonly row: Row }) {
  const [first, ...more] = (row.k ?? []).filter(need => need !== row.s);
  return (
    <span class="line tight">
      <Badge state={row.x === true ? 'revoked' : row.s} />
      {row.t === undefined ? null : (
        <span class="chip">{`${say('device.tunnel')}: ${sayOf('standing', row.t)}`}</span>
      )}
      {first === undefined ? null : <Badge room="need" state={first} />}
      {more.length === 0 ? null : (
        <span class="chip" title={more.map(need => sayOf('need', need)).join(', ')}>
          +{more.length}
        </span>
      )}
    </span>
  );
}

const behindWords = (behind: number | undefined): string => {
  if (behind === undefined || behind === 0) return '';
  return behind < 0 ? say('devices.off') : say('devices.behind', { count: behind });
};
