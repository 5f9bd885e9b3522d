/** Who asked for what at the gateway, the newest first. */
import { useSignal } from '@preact/signals';
import { factsOf, useAnswer } from '../api/answer.ts';
import type { Audit as AuditAnswer, AuditLine } from '../api/answers.ts';
import { ask, query } from '../api/client.ts';
import type { FailureFacts } from '../api/failure.ts';
import { deviceAddress } from '../part/address.ts';
import { Command } from '../part/copied.tsx';
import { TextField } from '../part/field.tsx';
import { Loaded } from '../part/loaded.tsx';
import { Moment } from '../part/moment.tsx';
import { Empty, Table } from '../part/table.tsx';
import { FailureNote } from '../part/trouble.tsx';
import { place, refine } from '../route/place.ts';
import { say } from '../words/say.ts';

const filters = [
  ['device', 'sessions.device'],
  ['person', 'audit.who'],
  ['type', 'audit.type'],
  ['since', 'audit.since'],
  ['until', 'audit.until'],
] as const;

export default function Audit() {
  const { query: asked } = place.value;
  const question = Object.fromEntries(filters.map(([name]) => [name, asked.get(name) ?? undefined]));
  const answer = useAnswer<AuditAnswer>(`/audit${query(question)}`);
  return (
    <>
      <h1>{say('audit.title')}</h1>
      <form class="filters" aria-label={say('devices.filter')} onSubmit={event => event.preventDefault()}>
        {filters.map(([name, label]) => (
          <TextField
            key={name}
            label={say(label)}
            name={name}
            value={asked.get(name) ?? ''}
            onChange={value => refine({ [name]: value })}
          />
        ))}
      </form>
      <Loaded answer={answer}>
        {first => <Lines key={JSON.stringify(question)} first={first} question={question} />}
      </Loaded>
    </>
  );
}

interface LinesProperties {
  readonly first: AuditAnswer;
  readonly question: Readonly<Record<string, string | undefined>>;
}

function Lines({ first, question }: LinesProperties) {
  const older = useSignal<readonly AuditAnswer[]>([]);
  const failure = useSignal<FailureFacts | undefined>(undefined);
  const pages = [first, ...older.value];
  const { before } = pages.at(-1) ?? first;
  const more = (): void => {
    ask<AuditAnswer>(`/audit${query({ ...question, before })}`).then(
      next => {
        older.value = [...older.value, next];
      },
      (error: unknown) => {
        failure.value = factsOf(error);
      },
    );
  };
  const columns = [
    say('audit.time'),
    say('audit.type'),
    say('audit.what'),
    say('audit.who'),
    say('sessions.device'),
    say('audit.details'),
  ];
  const lines = pages.flatMap(({ entries }) => entries);
  return (
    <>
      <p class="quiet">{say(first.verified === 'chain' ? 'audit.chain' : 'audit.unchained')}</p>
      <Table label={say('audit.title')} columns={columns}>
        {lines.map(line => (
          <Line key={line.seq} line={line} />
        ))}
        {lines.length === 0 ? (
          <Empty columns={columns.length} isChosen={filters.some(([name]) => place.value.query.has(name))} />
        ) : null}
      </Table>
      {failure.value === undefined ? null : <FailureNote facts={failure.value} />}
      {before === undefined ? null : (
        <p>
          <button type="button" class="button" onClick={more}>
            {say('table.older')}
          </button>
        </p>
      )}
      <p class="line small">
        {say('audit.whole')} <Command text={first.command} />
      </p>
    </>
  );
}

function Line({ line }: { readonly line: AuditLine }) {
  const { time, type, what, state, device, person, from, details } = line;
  return (
    <tr>
      <td class="narrow">
        <Moment at={time} as="local" />
      </td>
      <td>{type}</td>
      <td>
        {what}
        {state === undefined ? '' : ` (${state})`}
      </td>
      <td>
        {person ?? ''}
        {from === undefined ? null : <p class="small quiet">{from}</p>}
      </td>
      <td>{device === undefined ? '' : <a href={deviceAddress(device)}>{device}</a>}</td>
      <td class="small">{details}</td>
    </tr>
  );
}
