/** Sessions at devices: what was recorded, and what goes on. */
import { useAnswer } from '../api/answer.ts';
import type { Session, Sessions as SessionsAnswer } from '../api/answers.ts';
import { query } from '../api/client.ts';
import { deviceAddress, sessionAddress } from '../part/address.ts';
import { Badge } from '../part/badge.tsx';
import { Command } from '../part/copied.tsx';
import { TextField } from '../part/field.tsx';
import { Loaded } from '../part/loaded.tsx';
import { Moment } from '../part/moment.tsx';
import { Empty, Table } from '../part/table.tsx';
import { Note } from '../part/trouble.tsx';
import { place, refine } from '../route/place.ts';
import { lengthWords } from '../words/amount.ts';
import { say } from '../words/say.ts';

export default function Sessions() {
  const device = place.value.query.get('device') ?? undefined;
  const answer = useAnswer<SessionsAnswer>(`/sessions${query({ device })}`);
  const columns = [
    say('sessions.device'),
    say('sessions.person'),
    say('sessions.what'),
    say('sessions.begin'),
    say('sessions.length'),
    say('sessions.look'),
  ];
  return (
    <>
      <h1>{say('sessions.title')}</h1>
      <form class="filters" onSubmit={event => event.preventDefault()}>
        <TextField
          label={say('sessions.device')}
          name="device"
          value={device ?? ''}
          onChange={value => refine({ device: value })}
        />
      </form>
      <Loaded answer={answer}>
        {({ sessions, doubts, isCut }) => (
          <>
            {doubts.map(({ device: of, code, message }) => (
              <Note key={of} tone="bad">
                <p>{`${of}: ${message}`}</p>
                <p class="quiet small">
                  <code>{code}</code>
                </p>
              </Note>
            ))}
            <Table label={say('sessions.title')} columns={columns}>
              {sessions.map(session => (
                <Line key={`${session.device} ${session.id}`} session={session} />
              ))}
              {sessions.length === 0 ? (
                <Empty columns={columns.length} isChosen={device !== undefined} />
              ) : null}
            </Table>
            {isCut ? <p class="quiet">{say('sessions.cut')}</p> : null}
          </>
        )}
      </Loaded>
      <Command text="towline session list" />
    </>
  );
}

function Line({ session }: { readonly session: Session }) {
  const { device, id, person, what, begin, end, live, watch, replay } = session;
  const seconds =
    begin === undefined || end === undefined ? undefined : (Date.parse(end) - Date.parse(begin)) / 1000;
  const address = sessionAddress(device, id);
  return (
    <tr>
      <th scope="row">
        <a href={deviceAddress(device)}>{device}</a>
      </th>
      <td>{person ?? ''}</td>
      <td>{what ?? ''}</td>
      <td>
        <Moment at={begin} as="both" />
      </td>
      <td>{live ? <Badge state="live" /> : seconds === undefined ? '–' : lengthWords(seconds)}</td>
      <td>
        {live && watch.open ? <a href={`${address}?live=1`}>{say('sessions.watch')}</a> : null}
        {live && !watch.open ? <p class="small quiet">{watch.why ?? ''}</p> : null}
        {!live && replay.open ? <a href={address}>{say('sessions.replay')}</a> : null}
        {!live && !replay.open ? (
          <>
            <p class="small quiet">{replay.why ?? ''}</p>
            <Command text={replay.command} />
          </>
        ) : null}
      </td>
    </tr>
  );
}
