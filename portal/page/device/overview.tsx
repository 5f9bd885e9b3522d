/** What a device is to have and runs, what is wrong, and the facts about it. */
import type { Device, DeviceApp, NeedItem, Trouble } from '../api/answers.ts';
import { pathPart, releaseAddress, rolloutAddress } from '../part/address.ts';
import { Badge } from '../part/badge.tsx';
import { Command } from '../part/copied.tsx';
import { Moment } from '../part/moment.tsx';
import { Empty, Table } from '../part/table.tsx';
import { Note } from '../part/trouble.tsx';
import { Words } from '../part/words.tsx';
import { say, sayOf } from '../words/say.ts';
import { Conditions, DeviceFacts, TunnelFacts } from './facts.tsx';

export function DeviceOverview({ device }: { readonly device: Device }) {
  return (
    <>
      <Why device={device} />
      <section class="stack" aria-labelledby="apps">
        <h2 id="apps">{say('device.apps')}</h2>
        <DeviceApps device={device} />
      </section>
      <div class="columns">
        <DeviceFacts device={device} />
        <TunnelFacts device={device} />
      </div>
      {device.report === undefined || device.report.conditions.length === 0 ? null : (
        <section class="stack" aria-labelledby="conditions">
          <h2 id="conditions">{say('device.conditions')}</h2>
          <Conditions conditions={device.report.conditions} />
        </section>
      )}
    </>
  );
}

function Why({ device }: { readonly device: Device }) {
  const { why, needs, doubt, reads, report, retired } = device;
  const notes: (Trouble | NeedItem)[] = [
    ...why,
    ...needs.filter(need => !why.some(one => one.command === need.command)),
  ];
  return (
    <section class="stack" aria-label={say('device.why')}>
      {doubt === undefined ? null : <Note tone="bad">{doubt}</Note>}
      {retired === undefined ? null : <Note tone="quiet">{say('device.retired', { what: retired })}</Note>}
      {reads ? null : <Note tone="quiet">{say('device.unread')}</Note>}
      {reads && report === undefined ? <Note tone="quiet">{say('device.silent')}</Note> : null}
      {notes.map(note => (
        <Note
          key={`${note.command} ${wordsOf(note)}`}
          tone={device.standing === 'no keys' ? 'notice' : 'bad'}
        >
          <p>
            <Words text={wordsOf(note) === '' ? sayOf('standing', device.standing) : wordsOf(note)} />
          </p>
          {'code' in note && note.code !== undefined ? (
            <p class="quiet small">
              <code>{note.code}</code>
            </p>
          ) : null}
          <Command text={note.command} />
        </Note>
      ))}
      {notes.length === 0 && report !== undefined && doubt === undefined ? (
        <p class="quiet">{say('device.well')}</p>
      ) : null}
    </section>
  );
}

const wordsOf = (note: Trouble | NeedItem): string => {
  const words = 'words' in note ? note.words : note.why;
  return note.app === undefined || words.startsWith(note.app) ? words : `${note.app}: ${words}`;
};

function DeviceApps({ device }: { readonly device: Device }) {
  const columns = [
    say('device.app'),
    say('device.wanted'),
    say('device.running'),
    say('device.state'),
    say('device.since'),
  ];
  return (
    <Table label={say('device.apps')} columns={columns}>
      {device.apps.map(app => (
        <AppLine key={app.app} app={app} />
      ))}
      {device.apps.length === 0 ? <Empty columns={columns.length} /> : null}
    </Table>
  );
}

function AppLine({ app }: { readonly app: DeviceApp }) {
  const release = (version: string | undefined) =>
    version === undefined ? (
      <span class="quiet">–</span>
    ) : (
      <a href={releaseAddress(app.app, version)}>{version}</a>
    );
  return (
    <tr>
      <th scope="row">
        <a href={`/apps/${pathPart(app.app)}`}>{app.app}</a>
      </th>
      <td>
        <span class="line tight">
          {release(app.wanted)}
          {app.pin === undefined ? null : <PinChip pin={app.pin} />}
          {app.paused ? <Badge state="paused" /> : null}
        </span>
        {app.rollout === undefined ? null : (
          <p class="small">
            <a href={rolloutAddress(app.rollout)}>{say('device.rollout', { rollout: app.rollout })}</a>
          </p>
        )}
        {app.next === undefined ? null : (
          <p class="small quiet">{say('device.next', { release: app.next })}</p>
        )}
      </td>
      <td>{release(app.running)}</td>
      <td>
        {app.state === undefined ? <span class="quiet">–</span> : <Badge state={app.state} />}
        {[app.message, app.conflict, app.comes].map(words =>
          words === undefined ? null : (
            <p key={words} class="small">
              {words}
            </p>
          ),
        )}
      </td>
      <td>
        <Moment at={app.since} />
      </td>
    </tr>
  );
}

function PinChip({ pin }: { readonly pin: NonNullable<DeviceApp['pin']> }) {
  return (
    <span class="chip">
      <span>
        {say('device.pin')}
        {pin.until === undefined ? null : (
          <>
            {', '}
            <Moment at={pin.until} as="local" />
          </>
        )}
        {pin.reason === undefined ? '' : `: ${pin.reason}`}
      </span>
    </span>
  );
}
