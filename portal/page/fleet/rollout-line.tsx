/** A rollout on one line, and its stages as bars. */
import type { RolloutRow, StageCount } from '../api/answers.ts';
import { appAddress, releaseAddress, rolloutAddress } from '../part/address.ts';
import { Badge } from '../part/badge.tsx';
import { Command } from '../part/copied.tsx';
import { say } from '../words/say.ts';

/** As rollouts of the agent name what they move. */
const agentName = '_agent';

interface RolloutLineProperties {
  readonly row: RolloutRow;
  /** Where it stands among the headings of the screen. */
  readonly heading: 'h2' | 'h3';
}

export function RolloutLine({ row, heading: Heading }: RolloutLineProperties) {
  return (
    <article class="card">
      <div class="spread">
        <Heading>
          <a href={rolloutAddress(row.key)}>{row.key}</a>
        </Heading>
        <span class="line">
          <Badge state={row.state} />
          <span>{say('rollout.progress', { done: row.done, total: row.devices })}</span>
          {row.failed + row.dark === 0 ? null : (
            <span>{say('rollout.counts', { failed: row.failed, dark: row.dark })}</span>
          )}
        </span>
      </div>
      <p class="small">
        <RolloutMove row={row} isNamed />
      </p>
      <Stages row={row} />
      <p class="small">
        {say('rollout.next')}: {row.next}
        {row.reason === undefined ? '' : ` (${row.reason})`}
      </p>
      <Command text={`towline rollout status ${row.key}`} />
    </article>
  );
}

interface RolloutMoveProperties {
  readonly row: RolloutRow;
  /** Whether what it moves is said, too. */
  readonly isNamed?: boolean;
}

/** What it moves, from where to where: the agent has no page of its own. */
export function RolloutMove({ row, isNamed = false }: RolloutMoveProperties) {
  const from = row.from.length === 0 ? say('rollout.new') : row.from.join(', ');
  const words = say('rollout.to', { from, to: row.to });
  if (row.app === agentName) return <span>{isNamed ? `${say('rollout.agent')} · ${words}` : words}</span>;
  return (
    <>
      {isNamed ? <a href={appAddress(row.app)}>{row.app}</a> : null}
      {isNamed ? ' · ' : null}
      <a href={releaseAddress(row.app, row.to)}>{words}</a>
    </>
  );
}

export function Stages({ row }: { readonly row: RolloutRow }) {
  return (
    <ol class="stages" aria-label={say('rollout.stages', { rollout: row.key })}>
      {row.stages.map(stage => (
        <li key={stage.name} data-state={stage.open ? 'open' : 'waits'}>
          <progress
            value={stage.states.done ?? 0}
            max={Math.max(1, stage.devices)}
            aria-label={`${stage.name}: ${stageWords(stage)}`}
          />
          <span class="name" title={stage.name}>
            {stage.name}
          </span>
          <span class="quiet">{stageWords(stage)}</span>
        </li>
      ))}
    </ol>
  );
}

const stageWords = (stage: StageCount): string =>
  `${say('rollout.progress', { done: stage.states.done ?? 0, total: stage.devices })}, ${say(
    stage.open ? 'rollout.opened' : 'rollout.waits',
  )}`;
