/** Rollouts, those that are under way first. */
import { useAnswer } from '../api/answer.ts';
import type { Rollouts as RolloutsAnswer } from '../api/answers.ts';
import { RolloutLine } from '../fleet/rollout-line.tsx';
import { Command } from '../part/copied.tsx';
import { Loaded } from '../part/loaded.tsx';
import { say } from '../words/say.ts';

export default function Rollouts() {
  const answer = useAnswer<RolloutsAnswer>('/rollouts');
  return (
    <>
      <h1>{say('rollouts.title')}</h1>
      <Loaded answer={answer}>
        {({ rollouts }) =>
          rollouts.length === 0 ? (
            <p class="quiet">{say('rollouts.none')}</p>
          ) : (
            <div class="columns">
              {rollouts.map(row => (
                <RolloutLine key={row.key} row={row} heading="h2" />
              ))}
            </div>
          )
        }
      </Loaded>
      <Command text="towline rollout status" />
    </>
  );
}
