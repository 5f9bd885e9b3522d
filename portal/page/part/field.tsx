/** A field of a form with its name. */
import type { ComponentChildren } from 'preact';

interface FieldProperties {
  readonly label: string;
  readonly wide?: boolean;
  readonly children: ComponentChildren;
}

export function Field({ label, wide = false, children }: FieldProperties) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is the child
    <label class={wide ? 'field wide' : 'field'}>
      <span>{label}</span>
      {children}
    </label>
  );
}

interface TextFieldProperties {
  readonly label: string;
  readonly name: string;
  readonly value?: string;
  readonly hint?: string;
  readonly wide?: boolean;
  readonly required?: boolean;
  readonly onChange?: (value: string) => void;
}

export function TextField({
  label,
  name,
  value,
  hint,
  wide = false,
  required = false,
  onChange,
}: TextFieldProperties) {
  return (
    <Field label={label} wide={wide}>
      <input
        name={name}
        type="text"
        value={value ?? ''}
        placeholder={hint ?? ''}
        required={required}
        maxLength={1000}
        autoComplete="off"
        spellcheck={false}
        onInput={event => onChange?.(event.currentTarget.value)}
      />
    </Field>
  );
}

interface ChoiceProperties {
  readonly label: string;
  readonly name: string;
  readonly value?: string;
  readonly options: readonly (readonly [value: string, words: string])[];
  readonly onChange?: (value: string) => void;
}

export function Choice({ label, name, value, options, onChange }: ChoiceProperties) {
  return (
    <Field label={label}>
      <select name={name} value={value ?? ''} onChange={event => onChange?.(event.currentTarget.value)}>
        {options.map(([option, words]) => (
          <option key={option} value={option}>
            {words}
          </option>
        ))}
      </select>
    </Field>
  );
}
