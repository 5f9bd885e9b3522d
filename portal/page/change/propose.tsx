/** A button that asks for what a change needs, has the server make it, and leads to where it is shown and signed. */
import { useSignal } from '@preact/signals';
import { factsOf } from '../api/answer.ts';
import type { Intent, Proposal } from '../api/answers.ts';
import { ask } from '../api/client.ts';
import type { FailureFacts } from '../api/failure.ts';
import { changeAddress } from '../part/address.ts';
import { Dialog } from '../part/dialog.tsx';
import { Choice, TextField } from '../part/field.tsx';
import { FailureNote } from '../part/trouble.tsx';
import { go } from '../route/place.ts';
import type { Key } from '../words/en.ts';
import { say } from '../words/say.ts';

export interface AskedField {
  readonly name: string;
  readonly label: Key;
  readonly hint?: string;
  readonly value?: string;
  readonly required?: boolean;
  /** One of these; else it is a text. */
  readonly options?: readonly (readonly [value: string, words: string])[];
}

export interface ProposeProperties {
  readonly label: string;
  readonly title: string;
  readonly fields?: readonly AskedField[];
  /** @param values of the fields; those that were left empty are not there */
  readonly intent: (values: Readonly<Record<string, string>>) => Intent;
  readonly isMain?: boolean;
  /** Why it would be refused, in words. */
  readonly closed?: string | undefined;
}

export function ProposeButton(properties: ProposeProperties) {
  const open = useSignal(false);
  return (
    <>
      <button
        type="button"
        class={properties.isMain === true ? 'button main' : 'button'}
        disabled={properties.closed !== undefined}
        onClick={() => (open.value = true)}
      >
        {properties.label}
      </button>
      {properties.closed === undefined ? null : <span class="quiet small">{properties.closed}</span>}
      {open.value ? <ProposeDialog {...properties} onClose={() => (open.value = false)} /> : null}
    </>
  );
}

function ProposeDialog(properties: ProposeProperties & { readonly onClose: () => void }) {
  const { title, fields = [], intent, onClose } = properties;
  const failure = useSignal<FailureFacts | undefined>(undefined);
  const busy = useSignal(false);
  const propose = (form: HTMLFormElement): void => {
    busy.value = true;
    failure.value = undefined;
    ask<Proposal>('/changes', { method: 'POST', body: intent(valuesOf(form)) }).then(
      ({ id }) => {
        onClose();
        go(changeAddress(id));
      },
      (error: unknown) => {
        failure.value = factsOf(error);
        busy.value = false;
      },
    );
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        onSubmit={event => {
          event.preventDefault();
          propose(event.currentTarget);
        }}
      >
        {fields.map(field => (
          <Asked key={field.name} field={field} />
        ))}
        {failure.value === undefined ? null : <FailureNote facts={failure.value} />}
        <div class="actions end">
          <button type="button" class="button" onClick={onClose}>
            {say('do.cancel')}
          </button>
          <button type="submit" class="button main" disabled={busy.value}>
            {say('do.show')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function Asked({ field }: { readonly field: AskedField }) {
  const { name, label, options, hint = '', value = '', required = false } = field;
  const typed = useSignal(value);
  const change = (next: string): void => {
    typed.value = next;
  };
  return options === undefined ? (
    <TextField
      label={say(label)}
      name={name}
      hint={hint}
      value={typed.value}
      required={required}
      onChange={change}
    />
  ) : (
    <Choice label={say(label)} name={name} options={options} value={typed.value} onChange={change} />
  );
}

function valuesOf(form: HTMLFormElement): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [name, value] of new FormData(form)) {
    if (typeof value === 'string' && value.trim() !== '') values[name] = value.trim();
  }
  return values;
}
