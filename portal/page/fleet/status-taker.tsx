/** What a stick brings back from a device without a network: its own word, taken in for it. */
import { type Signal, useSignal } from '@preact/signals';
import { factsOf } from '../api/answer.ts';
import type { TakenBack } from '../api/answers.ts';
import { ask } from '../api/client.ts';
import type { FailureFacts } from '../api/failure.ts';
import { commitWord, deviceAddress } from '../part/address.ts';
import { announce } from '../part/announce.tsx';
import { Command } from '../part/copied.tsx';
import { Field } from '../part/field.tsx';
import { FailureNote } from '../part/trouble.tsx';
import { Words } from '../part/words.tsx';
import { say } from '../words/say.ts';

interface State {
  readonly busy: Signal<boolean>;
  readonly taken: Signal<TakenBack | undefined>;
  readonly failure: Signal<FailureFacts | undefined>;
}

export function StatusTaker() {
  const chosen = useSignal<File | undefined>(undefined);
  const state: State = {
    busy: useSignal(false),
    taken: useSignal<TakenBack | undefined>(undefined),
    failure: useSignal<FailureFacts | undefined>(undefined),
  };
  const { busy, taken, failure } = state;
  return (
    <section class="card" aria-labelledby="back">
      <h2 id="back">{say('upgrades.back')}</h2>
      <p class="quiet">
        <Words text={say('upgrades.back.how')} />
      </p>
      <form
        class="filters"
        onSubmit={event => {
          event.preventDefault();
          if (chosen.value !== undefined) take(chosen.value, state);
        }}
      >
        <Field label={say('upgrades.back.file')} wide>
          <input
            type="file"
            name="status"
            required
            onChange={event => {
              chosen.value = event.currentTarget.files?.[0];
              taken.value = undefined;
              failure.value = undefined;
            }}
          />
        </Field>
        <button type="submit" class="button" disabled={chosen.value === undefined || busy.value}>
          {say('upgrades.back.do')}
        </button>
      </form>
      <div role="status">{taken.value === undefined ? null : <Taken taken={taken.value} />}</div>
      {failure.value === undefined ? null : <FailureNote facts={failure.value} />}
      <Command text="towline bundle take-back FILE" />
    </section>
  );
}

function Taken({ taken }: { readonly taken: TakenBack }) {
  const { device, head, isNew } = taken;
  return (
    <p>
      <a href={deviceAddress(device)}>{device}</a>{' '}
      {say(isNew ? 'upgrades.back.taken' : 'upgrades.back.known', { commit: commitWord(head) })}
    </p>
  );
}

function take(file: File, { busy, taken, failure }: State): void {
  busy.value = true;
  taken.value = undefined;
  failure.value = undefined;
  ask<TakenBack>('/bundles/status', { method: 'POST', file }).then(
    answer => {
      taken.value = answer;
      busy.value = false;
      announce(answer.device);
    },
    (error: unknown) => {
      failure.value = factsOf(error);
      busy.value = false;
    },
  );
}
