/** Each value that a device has in effect, and which file gave it. */

import { useSignal } from '@preact/signals';
import { useAnswer } from '../api/answer.ts';
import type { Device, EffectiveValue, Values as ValuesAnswer } from '../api/answers.ts';
import { pathPart } from '../part/address.ts';
import { TextField } from '../part/field.tsx';
import { Loaded } from '../part/loaded.tsx';
import { Empty, Table } from '../part/table.tsx';
import { Note } from '../part/trouble.tsx';
import { say } from '../words/say.ts';

export function Values({ device }: { readonly device: Device }) {
  const answer = useAnswer<ValuesAnswer>(`/devices/${pathPart(device.id)}/values`);
  const filter = useSignal('');
  const columns = [say('values.pointer'), say('values.value'), say('values.from')];
  return (
    <section class="stack" aria-labelledby="values">
      <h2 id="values">{say('values.title')}</h2>
      <TextField
        label={say('values.filter')}
        name="filter"
        value={filter.value}
        onChange={value => {
          filter.value = value;
        }}
      />
      <Loaded answer={answer}>
        {({ values, problems }) => {
          const shown = values.filter(value => fits(value, filter.value.toLowerCase()));
          return (
            <>
              {problems.map(({ code, message, file, line }) => (
                <Note key={`${code} ${message}`} tone="bad">
                  <p>{message}</p>
                  <p class="quiet small">
                    <code>{code}</code> {[file, line].filter(part => part !== undefined).join(':')}
                  </p>
                </Note>
              ))}
              <Table label={say('values.title')} columns={columns}>
                {shown.map(({ pointer, value, from, line }) => (
                  <tr key={pointer}>
                    <th scope="row">
                      <code>{pointer}</code>
                    </th>
                    <td>
                      <code>{typeof value === 'string' ? value : JSON.stringify(value)}</code>
                    </td>
                    <td>{line === undefined ? from : `${from}:${line}`}</td>
                  </tr>
                ))}
                {shown.length === 0 ? (
                  <Empty columns={columns.length} isChosen={filter.value !== ''} />
                ) : null}
              </Table>
            </>
          );
        }}
      </Loaded>
    </section>
  );
}

const fits = ({ pointer, from }: EffectiveValue, words: string): boolean =>
  pointer.toLowerCase().includes(words) || from.toLowerCase().includes(words);
