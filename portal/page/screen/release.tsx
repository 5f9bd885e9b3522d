/** One release: notes, images with their digests and signatures, where it runs, what differs from another. */
import { useAnswer } from '../api/answer.ts';
import type { Release as ReleaseAnswer } from '../api/answers.ts';
import { Cautions } from '../fleet/cautions.tsx';
import { ReleaseDifference } from '../fleet/release-difference.tsx';
import { Signed } from '../fleet/signed.tsx';
import { appAddress, commitWord, deviceAddress, pathPart } from '../part/address.ts';
import { Badge } from '../part/badge.tsx';
import { Command, CopyButton } from '../part/copied.tsx';
import { type FactLine, Facts } from '../part/facts.tsx';
import { Loaded } from '../part/loaded.tsx';
import { Table } from '../part/table.tsx';
import { Note } from '../part/trouble.tsx';
import type { ScreenProperties } from '../route/routes.ts';
import { say, written } from '../words/say.ts';

/** Names of devices that are shown at once. */
const shownDevices = 50;

export default function Release({ parts }: ScreenProperties) {
  const { app = '', version = '' } = parts;
  const answer = useAnswer<ReleaseAnswer>(`/apps/${pathPart(app)}/releases/${pathPart(version)}`);
  return (
    <Loaded answer={answer} isScreen>
      {release => (
        <>
          <div class="head">
            <p class="trail">
              <a href={appAddress(app)}>{say('app.title', { app })}</a>
            </p>
            <h1>{say('release.title', { app: release.app, version: release.version })}</h1>
            {release.made === undefined ? null : <Signed word={release.made} />}
          </div>
          <Warnings release={release} />
          <section class="card" aria-labelledby="notes">
            <h2 id="notes">{say('release.notes')}</h2>
            <p class="notes">{release.notes ?? say('release.none')}</p>
          </section>
          <Images release={release} />
          <div class="columns">
            <Runs release={release} />
            <Inside release={release} />
          </div>
          <ReleaseDifference app={app} version={version} />
          <Command text={`towline release show ${app} ${version}`} />
        </>
      )}
    </Loaded>
  );
}

function Warnings({ release }: { readonly release: ReleaseAnswer }) {
  const { withdrawn, problems } = release;
  return (
    <>
      {withdrawn === undefined ? null : (
        <Note tone="bad">{say('release.withdrawn', { why: withdrawn })}</Note>
      )}
      <Cautions {...release} />
      {problems.map(problem => (
        <Note key={problem} tone="bad">
          {problem}
        </Note>
      ))}
    </>
  );
}

function Images({ release }: { readonly release: ReleaseAnswer }) {
  const columns = [
    say('services.service'),
    say('services.image'),
    say('services.digest'),
    say('release.platforms'),
    say('release.signed'),
    say('release.wants'),
  ];
  return (
    <section class="stack" aria-labelledby="images">
      <h2 id="images">{say('release.images')}</h2>
      <Table label={say('release.images')} columns={columns}>
        {release.images.map(({ service, image, digest, platforms, signed, wants }) => (
          <tr key={service}>
            <th scope="row">{service}</th>
            <td>{image}</td>
            <td class="narrow">
              <code title={digest}>{digest.slice(0, 19)}</code>
              <CopyButton text={digest} what={`${say('services.digest')} ${service}`} />
            </td>
            <td>{platforms.join(', ')}</td>
            <td>{signed ?? '–'}</td>
            <td>{wants ?? '–'}</td>
          </tr>
        ))}
      </Table>
    </section>
  );
}

function Runs({ release }: { readonly release: ReleaseAnswer }) {
  const { runs, runsCount, wantedCount, app, version, pins } = release;
  const states = Object.entries(runs);
  return (
    <section class="card" aria-labelledby="runs">
      <h2 id="runs">{say('release.runs')}</h2>
      <p>
        <a href={`/devices?app=${encodeURIComponent(app)}&release=${encodeURIComponent(version)}`}>
          {say('release.wanted', { count: wantedCount })}
        </a>
      </p>
      {states.length === 0 ? <p class="quiet">{say('release.nowhere')}</p> : null}
      {states.map(([state, devices]) => (
        <div key={state} class="stack tight">
          <p class="line">
            <Badge state={state} /> {written(runsCount[state] ?? devices.length)}
          </p>
          <p class="line tight">
            {devices.slice(0, shownDevices).map(device => (
              <a key={device} class="chip" href={deviceAddress(device)}>
                {device}
              </a>
            ))}
            {devices.length > shownDevices ? '…' : ''}
          </p>
        </div>
      ))}
      {pins.length === 0 ? null : (
        <p class="small">
          {say('release.pins')}: {pins.join(', ')}
        </p>
      )}
    </section>
  );
}

function Inside({ release }: { readonly release: ReleaseAnswer }) {
  const { files, variables, secrets, requires, assignedBy, commit, composeHash } = release;
  const words = (values: Readonly<Record<string, unknown>>): string =>
    Object.entries(values)
      .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
      .join(', ');
  const line = (name: string, value: string): FactLine | undefined =>
    value === '' ? undefined : [name, value];
  return (
    <section class="card" aria-labelledby="inside">
      <h2 id="inside">{say('release.files')}</h2>
      <Facts
        lines={[
          line(say('release.files'), files.join(', ')),
          line(say('release.variables'), words(variables)),
          line(say('release.secrets'), secrets.join(', ')),
          line(say('release.requires'), requires === undefined ? '' : words(requires)),
          line(say('app.assigned'), assignedBy.join(', ')),
          line(say('services.digest'), composeHash ?? ''),
          line(say('change.commit'), commitWord(commit)),
        ]}
      />
    </section>
  );
}
