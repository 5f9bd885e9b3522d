/** The ways to sign a change, open or closed, each with what it means. */
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { factsOf } from '../api/answer.ts';
import type { Proposal, SignRequest, Way } from '../api/answers.ts';
import { ask, request } from '../api/client.ts';
import type { FailureFacts } from '../api/failure.ts';
import { save } from '../part/save.ts';
import { FailureNote } from '../part/trouble.tsx';
import { say } from '../words/say.ts';
import { signWithPasskey } from './passkey.ts';

/** A person reads what their terminal or authenticator says. */
const signTimeoutMs = 300_000;

interface WaysProperties {
  readonly proposal: Proposal;
  readonly path: string;
  readonly onSigned: (next: Proposal) => void;
}

export function Ways({ proposal, path, onSigned }: WaysProperties) {
  const busy = useSignal<Way['way'] | undefined>(undefined);
  const failure = useSignal<FailureFacts | undefined>(undefined);
  const sign = async (way: Way['way']): Promise<void> => {
    busy.value = way;
    failure.value = undefined;
    try {
      if (way === 'patch') await takeAway(proposal, path);
      else onSigned(await signed(way, proposal, path));
    } catch (error) {
      failure.value = factsOf(error);
    } finally {
      busy.value = undefined;
    }
  };
  return (
    <section class="stack" aria-labelledby="ways">
      <h2 id="ways">{say('change.ways')}</h2>
      {failure.value === undefined ? null : <FailureNote facts={failure.value} />}
      <div class="ways">
        {proposal.ways.map(way => (
          <WayCard
            key={way.way}
            way={way}
            isBusy={busy.value === way.way}
            onSign={() => {
              sign(way.way).catch(() => undefined);
            }}
          >
            {busy.value === way.way ? (
              <p role="status">{say(way.way === 'local' ? 'change.confirm' : 'change.signing')}</p>
            ) : null}
          </WayCard>
        ))}
      </div>
    </section>
  );
}

interface WayCardProperties {
  readonly way: Way;
  readonly isBusy: boolean;
  readonly onSign: () => void;
  readonly children: ComponentChildren;
}

function WayCard({ way, isBusy, onSign, children }: WayCardProperties) {
  return (
    <article class="way" data-way={way.way} data-open={way.open}>
      <h3>{say(`change.way.${way.way}`)}</h3>
      <p class="small">{say(`change.way.${way.way}.how`)}</p>
      {way.open ? (
        <p>
          <button type="button" class="button main" disabled={isBusy} onClick={onSign}>
            {say(`change.sign.${way.way}`)}
          </button>
        </p>
      ) : (
        <p class="quiet">{say('change.closed', { why: way.why ?? '' })}</p>
      )}
      {children}
    </article>
  );
}

async function signed(way: SignRequest['way'], proposal: Proposal, path: string): Promise<Proposal> {
  const signal = AbortSignal.timeout(signTimeoutMs);
  const body: SignRequest =
    way === 'passkey' ? { way, assertion: await signWithPasskey(proposal.challenge ?? {}, signal) } : { way };
  return await ask<Proposal>(`${path}/sign`, { method: 'POST', body, signal });
}

/** The exact commit, as the server has made it. */
async function takeAway(proposal: Proposal, path: string): Promise<void> {
  const response = await request(`${path}/patch`);
  save(await response.blob(), `towline-${proposal.commit.slice(0, 12)}.patch`);
}
