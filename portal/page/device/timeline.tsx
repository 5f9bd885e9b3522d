/** What a device said and what changed it, the newest first. */
import { useSignal } from '@preact/signals';
import { factsOf, useAnswer } from '../api/answer.ts';
import type { Device, Timeline as TimelineAnswer, TimelineEntry } from '../api/answers.ts';
import { ask, query } from '../api/client.ts';
import type { FailureFacts } from '../api/failure.ts';
import { commitWord, pathPart } from '../part/address.ts';
import { Badge } from '../part/badge.tsx';
import { Command } from '../part/copied.tsx';
import { Loaded } from '../part/loaded.tsx';
import { Moment } from '../part/moment.tsx';
import { FailureNote, Note } from '../part/trouble.tsx';
import { say } from '../words/say.ts';

export function Timeline({ device }: { readonly device: Device }) {
  const path = `/devices/${pathPart(device.id)}/timeline`;
  const answer = useAnswer<TimelineAnswer>(path);
  const older = useSignal<readonly TimelineAnswer[]>([]);
  const failure = useSignal<FailureFacts | undefined>(undefined);
  const more = (before: string): void => {
    ask<TimelineAnswer>(path + query({ before })).then(
      next => {
        older.value = [...older.value, next];
      },
      (error: unknown) => {
        failure.value = factsOf(error);
      },
    );
  };
  return (
    <section class="stack" aria-labelledby="timeline">
      <h2 id="timeline">{say('timeline.title')}</h2>
      <Loaded answer={answer}>
        {first => {
          const pages = [first, ...older.value];
          const { before, cut } = pages.at(-1) ?? first;
          return (
            <>
              <ol class="timeline card">
                {first.entries.length === 0 ? <li class="quiet">{say('table.none')}</li> : null}
                {pages
                  .flatMap(({ entries }) => entries)
                  .map(entry => (
                    <Entry key={`${entry.kind} ${entry.commit}`} entry={entry} />
                  ))}
              </ol>
              {cut === undefined ? null : <Note tone="quiet">{cut}</Note>}
              {failure.value === undefined ? null : <FailureNote facts={failure.value} />}
              {before === undefined ? null : (
                <p>
                  <button type="button" class="button" onClick={() => more(before)}>
                    {say('table.older')}
                  </button>
                </p>
              )}
              <Command text={`towline history ${device.id}`} />
            </>
          );
        }}
      </Loaded>
    </section>
  );
}

function Entry({ entry }: { readonly entry: TimelineEntry }) {
  return (
    <li>
      <Moment at={entry.time} as="local" />
      <span>
        {entry.outcome === undefined ? (
          <span class="chip">{say(`timeline.${entry.kind}`)}</span>
        ) : (
          <Badge state={entry.outcome} />
        )}
      </span>
      <div class="stack tight">
        <p>
          {entry.subject ?? entry.words ?? ''} <code class="quiet">{commitWord(entry.commit)}</code>
        </p>
        {entry.vouched === undefined ? null : (
          <p class="small quiet">{say('timeline.signed', { who: entry.vouched })}</p>
        )}
        {entry.changes === undefined ? null : (
          <ul class="small">
            {entry.changes.map(({ at, words }) => (
              <li key={`${at} ${words}`}>
                <code>{at}</code> {words}
              </li>
            ))}
          </ul>
        )}
      </div>
    </li>
  );
}
