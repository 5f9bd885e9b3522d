/** The plan: the planner's own words, and its JSON. */
import { useAnswer } from '../api/answer.ts';
import type { Device, PlanAnswer } from '../api/answers.ts';
import { commitWord, pathPart } from '../part/address.ts';
import { Command } from '../part/copied.tsx';
import { Listing } from '../part/listing.tsx';
import { Loaded } from '../part/loaded.tsx';
import { say } from '../words/say.ts';

export function Plan({ device }: { readonly device: Device }) {
  const answer = useAnswer<PlanAnswer>(`/devices/${pathPart(device.id)}/plan`);
  return (
    <section class="stack" aria-labelledby="plan">
      <h2 id="plan">{say('plan.title')}</h2>
      <Loaded answer={answer}>
        {({ lines, plan, commit, from }) => (
          <>
            <p class="quiet">
              {say('plan.made', { commit: commitWord(commit) })}
              {from === undefined ? '' : ` ${say('plan.from', { from })}`}
            </p>
            <Listing
              label={say('plan.title')}
              text={lines.length === 0 ? say('plan.none') : lines.join('\n')}
              wrapped
            />
            <p class="line small">
              {say('word.same')} <Command text={`towline plan ${device.id}`} />
            </p>
            <details>
              <summary>{say('plan.json')}</summary>
              <Listing label={say('plan.json')} text={JSON.stringify(plan, undefined, 2)} />
            </details>
          </>
        )}
      </Loaded>
    </section>
  );
}
