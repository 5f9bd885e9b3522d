/** What differs between a release and another of the same app. */

import { useAnswer } from '../api/answer.ts';
import type { App, ReleaseDiff } from '../api/answers.ts';
import { query } from '../api/client.ts';
import { pathPart } from '../part/address.ts';
import { Command } from '../part/copied.tsx';
import { Choice } from '../part/field.tsx';
import { Loaded } from '../part/loaded.tsx';
import { Note } from '../part/trouble.tsx';
import { place, refine } from '../route/place.ts';
import { say } from '../words/say.ts';

export function ReleaseDifference({ app, version }: { readonly app: string; readonly version: string }) {
  const releases = useAnswer<App>(`/apps/${pathPart(app)}`);
  const others = (releases.value.value?.releases ?? [])
    .map(one => one.version)
    .filter(one => one !== version);
  const from = place.value.query.get('from') ?? others[0];
  const answer = useAnswer<ReleaseDiff>(
    from === undefined
      ? undefined
      : `/apps/${pathPart(app)}/releases/${pathPart(version)}/diff${query({ from })}`,
  );
  if (from === undefined) return null;
  return (
    <section class="card" aria-labelledby="difference">
      <h2 id="difference">{say('release.diff')}</h2>
      <form class="filters" onSubmit={event => event.preventDefault()}>
        <Choice
          label={say('app.release')}
          name="from"
          value={from}
          options={others.map(other => [other, other] as const)}
          onChange={value => refine({ from: value })}
        />
      </form>
      <Loaded answer={answer}>{difference => <Parts difference={difference} />}</Loaded>
      <Command text={`towline release diff ${app} ${from} ${version}`} />
    </section>
  );
}

function Parts({ difference }: { readonly difference: ReleaseDiff }) {
  const { parts, files, unread } = difference;
  const shown = parts.filter(({ changes }) => changes.length > 0);
  return (
    <>
      {shown.length === 0 && files.length === 0 ? <p class="quiet">{say('release.same')}</p> : null}
      {shown.map(({ title, changes }) => (
        <div key={title} class="stack tight">
          <h3>{title}</h3>
          <ul>
            {changes.map(({ at, words }) => (
              <li key={`${at} ${words}`}>
                <code>{at}</code> {words}
              </li>
            ))}
          </ul>
        </div>
      ))}
      {files.length === 0 ? null : (
        <div class="stack tight">
          <h3>{say('release.files')}</h3>
          <ul>
            {files.map(({ path, change }) => (
              <li key={path}>
                <code>{path}</code> {say(`file.${change}`)}
              </li>
            ))}
          </ul>
        </div>
      )}
      {unread.map(words => (
        <Note key={words}>{words}</Note>
      ))}
    </>
  );
}
