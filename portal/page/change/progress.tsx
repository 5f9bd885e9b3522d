/** How far a change has come: from shown to a healthy container. */
import type { Progress, Proposal } from '../api/answers.ts';
import { Badge } from '../part/badge.tsx';
import { Moment } from '../part/moment.tsx';
import { say } from '../words/say.ts';

const steps = ['shown', 'signed', 'pushed', 'trusted', 'done'] as const;

export function ChangeSteps({ state }: { readonly state: Proposal['state'] }) {
  const ended = state === 'moved' || state === 'refused';
  const shown = ended ? (['shown', state] as const) : steps;
  return (
    <ol class="steps" aria-live="polite">
      {shown.map(step => (
        <li key={step} aria-current={step === state ? 'step' : undefined}>
          {say(`change.step.${step}`)}
        </li>
      ))}
    </ol>
  );
}

export function ChangeProgress({ proposal }: { readonly proposal: Proposal }) {
  const { progress = [] } = proposal;
  if (progress.length === 0) return null;
  return (
    <section class="card" aria-labelledby="progress">
      <h2 id="progress">{say('change.progress')}</h2>
      <ol class="timeline">
        {progress.map((one, index) => (
          <li key={`${one.step} ${index}`} data-step={one.step}>
            <Moment at={one.time} as="local" />
            <span>
              <Badge state={stateOf(one)} />
            </span>
            <div>
              <p>{say(`change.progress.${one.step}`)}</p>
              <Count one={one} />
              {one.words === undefined ? null : <p class="small">{one.words}</p>}
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** Every device, or what is no matter of devices. */
function stateOf({ step, devices }: Progress): 'failed' | 'done' | 'pending' {
  if (step === 'failed') return 'failed';
  if (step === 'pushed' || step === 'trusted' || devices === undefined) return 'done';
  return devices[step] >= devices.of ? 'done' : 'pending';
}

function Count({ one }: { readonly one: Progress }) {
  const { devices, step } = one;
  if (devices === undefined || step === 'pushed' || step === 'trusted') return null;
  return (
    <div class="line">
      <progress
        value={devices[step]}
        max={Math.max(1, devices.of)}
        aria-label={say(`change.progress.${step}`)}
      />
      <span class="small">{say('change.progress.of', { count: devices[step], total: devices.of })}</span>
    </div>
  );
}
