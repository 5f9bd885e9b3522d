/** The first screen: a sentence, what needs a person, rollouts under way, the fleet. */
import { useAnswer, useLive } from '../api/answer.ts';
import type { Need, NeedItem, Overview as OverviewAnswer } from '../api/answers.ts';
import { FleetList } from '../fleet/list.tsx';
import { RolloutLine } from '../fleet/rollout-line.tsx';
import { SupportFacts } from '../fleet/support.tsx';
import { LiveSign } from '../frame/frame.tsx';
import { appAddress, commitWord, deviceAddress, rolloutAddress } from '../part/address.ts';
import { Badge } from '../part/badge.tsx';
import { Command } from '../part/copied.tsx';
import { Loaded } from '../part/loaded.tsx';
import { Moment } from '../part/moment.tsx';
import { Note } from '../part/trouble.tsx';
import { Words } from '../part/words.tsx';
import { say, sayOf, written } from '../words/say.ts';

export default function Overview() {
  const answer = useAnswer<OverviewAnswer>('/overview');
  useLive('/live?overview=1', told => {
    if (told.event === 'overview') answer.value.value = told.data;
  });
  return (
    <>
      <Loaded answer={answer}>{overview => <Standing overview={overview} />}</Loaded>
      <section class="stack" aria-labelledby="fleet">
        <h2 id="fleet">{say('overview.fleet')}</h2>
        <FleetList />
      </section>
    </>
  );
}

function Standing({ overview }: { readonly overview: OverviewAnswer }) {
  const { sentence, needs, rollouts, counts, stopped, unreached, unheard, reading, support } = overview;
  return (
    <>
      <div class="head">
        <h1 class="big">{sentenceWords(sentence)}</h1>
        <p class="line quiet small">
          <span>
            {say('overview.commit', { commit: commitWord(overview.commit), time: '' }).replace(/, $/, '')}
            {', '}
            <Moment at={overview.time} />
          </span>
          <LiveSign />
          {reading ? <span>{say('overview.reading')}</span> : null}
        </p>
        <Counts counts={counts} />
      </div>
      {stopped === undefined ? null : (
        <Note tone="bad">
          <p class="strong">{say('overview.stopped')}</p>
          <p>
            <Words text={stopped.message} />
          </p>
          <p class="quiet small">
            <code>{stopped.code}</code> {stopped.path ?? ''}
          </p>
          <Command text="towline doctor" />
        </Note>
      )}
      {unreached === undefined ? null : (
        <Note tone="notice">
          <p class="strong">{say('overview.unreached')}</p>
          {unreached.asked === undefined ? null : (
            <p>
              {say('overview.unreached.since')} <Moment at={unreached.asked} />
            </p>
          )}
          <p>
            <Words text={unreached.why} />
          </p>
        </Note>
      )}
      {unheard === undefined ? null : (
        <Note tone="notice">
          <p class="strong">{say('overview.unheard')}</p>
          <p>
            <Words text={unheard} />
          </p>
        </Note>
      )}
      {needs.length === 0 ? null : (
        <section class="stack" aria-labelledby="needs">
          <h2 id="needs">{say('overview.needs')}</h2>
          <div class="needs">
            {needs.map((need, index) => (
              <NeedCard key={need.kind} need={need} open={index < 3} />
            ))}
          </div>
        </section>
      )}
      {rollouts.length === 0 ? null : (
        <section class="stack" aria-labelledby="rollouts">
          <h2 id="rollouts">{say('overview.rollouts')}</h2>
          <div class="columns">
            {rollouts.map(row => (
              <RolloutLine key={row.key} row={row} heading="h3" />
            ))}
          </div>
        </section>
      )}
      {support === undefined ? null : <SupportFacts support={support} />}
    </>
  );
}

const sentenceWords = ({ devices, needs }: OverviewAnswer['sentence']): string =>
  needs === 0
    ? say('overview.sentence.none', { count: devices })
    : `${say('overview.sentence', { count: devices })}, ${say('overview.need', { count: needs })}`;

function Counts({ counts }: { readonly counts: OverviewAnswer['counts'] }) {
  return (
    <ul class="line tight">
      {Object.entries(counts)
        .filter(([, count]) => count > 0)
        .map(([standing, count]) => (
          <li key={standing}>
            <a class="chip" href={`/devices?standing=${encodeURIComponent(standing)}`}>
              <span class="strong">{written(count)}</span> {sayOf('standing', standing)}
            </a>
          </li>
        ))}
    </ul>
  );
}

function NeedCard({ need, open }: { readonly need: Need; readonly open: boolean }) {
  const { kind, count, items } = need;
  const hasList = kind !== 'paused-rollout' && kind !== 'waiting-enrolment';
  return (
    <details class="need" open={open}>
      <summary>
        <Badge room="need" state={kind} />
        <span class="strong">{written(count)}</span>
      </summary>
      <ul>
        {items.map(item => (
          <li key={`${item.device} ${item.rollout} ${item.app} ${item.why}`}>
            <span>{itemLink(item)}</span>
            <span class="small">
              <Words text={item.why === '' ? sayOf('need', kind) : item.why} />
              {item.since === undefined ? null : (
                <span class="quiet">
                  {' '}
                  <Moment at={item.since} />
                </span>
              )}
            </span>
            <Command text={item.command} />
          </li>
        ))}
        {count > items.length && hasList ? (
          <li>
            <a href={`/devices?need=${kind}`}>{say('overview.all', { count })}</a>
          </li>
        ) : null}
      </ul>
    </details>
  );
}

function itemLink({ device, rollout, app }: NeedItem) {
  if (device !== undefined) {
    return (
      <>
        <a href={deviceAddress(device)}>{device}</a>
        {app === undefined ? '' : ` · ${app}`}
      </>
    );
  }
  if (rollout !== undefined) return <a href={rolloutAddress(rollout)}>{rollout}</a>;
  return app === undefined ? null : <a href={appAddress(app)}>{app}</a>;
}
