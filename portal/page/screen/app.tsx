/** One app: its releases, who is to have which, rollouts, files that assign it. */
import { useAnswer } from '../api/answer.ts';
import type { App as AppAnswer, ReleaseWord } from '../api/answers.ts';
import { assignRelease } from '../change/intents.ts';
import { ProposeButton } from '../change/propose.tsx';
import { RolloutLine } from '../fleet/rollout-line.tsx';
import { pathPart, releaseAddress } from '../part/address.ts';
import { Badge } from '../part/badge.tsx';
import { Command } from '../part/copied.tsx';
import { Loaded } from '../part/loaded.tsx';
import { Moment } from '../part/moment.tsx';
import { Empty, Table } from '../part/table.tsx';
import type { ScreenProperties } from '../route/routes.ts';
import { say, written } from '../words/say.ts';

export default function App({ parts }: ScreenProperties) {
  const { app: name = '' } = parts;
  const answer = useAnswer<AppAnswer>(`/apps/${pathPart(name)}`);
  return (
    <Loaded answer={answer} isScreen>
      {app => (
        <>
          <div class="spread">
            <h1>{say('app.title', { app: app.app })}</h1>
            <span class="line">
              <ProposeButton
                {...assignRelease(
                  app.app,
                  app.releases
                    .filter(({ withdrawn }) => withdrawn === undefined)
                    .map(({ version }) => version),
                )}
                label={say('app.assign')}
                closed={app.releases.length === 0 ? say('app.assign.none') : undefined}
              />
            </span>
          </div>
          <Releases app={app} />
          {app.rollouts.map(row => (
            <RolloutLine key={row.key} row={row} heading="h2" />
          ))}
          {app.assignedBy.length === 0 ? null : (
            <section class="card" aria-labelledby="assigned">
              <h2 id="assigned">{say('app.assigned')}</h2>
              <ul>
                {app.assignedBy.map(({ path, release }) => (
                  <li key={path}>
                    <code>{path}</code> {release ?? ''}
                  </li>
                ))}
              </ul>
            </section>
          )}
          <Command text={`towline release list ${app.app}`} />
        </>
      )}
    </Loaded>
  );
}

function Releases({ app }: { readonly app: AppAnswer }) {
  const columns = [
    say('app.release'),
    say('app.made'),
    say('app.wanted'),
    say('app.running'),
    say('app.failed'),
    say('release.notes'),
  ];
  return (
    <section class="stack" aria-labelledby="releases">
      <h2 id="releases">{say('app.releases')}</h2>
      <Table label={say('app.releases')} columns={columns}>
        {app.releases.map(release => (
          <ReleaseLine key={release.version} app={app.app} release={release} />
        ))}
        {app.releases.length === 0 ? <Empty columns={columns.length} /> : null}
      </Table>
    </section>
  );
}

function ReleaseLine({ app, release }: { readonly app: string; readonly release: ReleaseWord }) {
  const { version, made, wanted, running, failed, notes = '', withdrawn } = release;
  return (
    <tr>
      <th scope="row">
        <span class="line tight">
          <a href={releaseAddress(app, version)}>{version}</a>
          {withdrawn === undefined ? null : <Badge state="withdrawn" />}
        </span>
      </th>
      <td>
        <Moment at={made?.time} />
        {made === undefined ? null : <p class="small quiet">{made.vouched}</p>}
      </td>
      <td class="number">{written(wanted)}</td>
      <td class="number">{written(running)}</td>
      <td class="number">{failed === 0 ? '' : written(failed)}</td>
      <td class="small">{firstLine(notes)}</td>
    </tr>
  );
}

const firstLine = (notes: string): string => notes.split('\n').find(line => line.trim() !== '') ?? '';
