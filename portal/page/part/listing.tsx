/** Text in which the place of each letter matters: plans, notes, JSON, differences. */

export function Listing({
  text,
  label,
  wrapped = false,
}: {
  readonly text: string;
  readonly label: string;
  readonly wrapped?: boolean;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    // biome-ignore lint/a11y/useSemanticElements: no set of fields, and no landmark either
    <div role="group" tabIndex={0} aria-label={label}>
      <pre class={wrapped ? 'listing wrapped' : 'listing'}>{text}</pre>
    </div>
  );
}

const kindOf = (line: string): string => {
  if (line.startsWith('@@') || line.startsWith('---') || line.startsWith('+++')) return 'row place';
  if (line.startsWith('+')) return 'row added';
  return line.startsWith('-') ? 'row removed' : 'row';
};

/** A unified difference: the signs at the begin of the lines say it, colours only help. */
export function Difference({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    // biome-ignore lint/a11y/useSemanticElements: no set of fields, and no landmark either
    <div role="group" class="diff" tabIndex={0} aria-label={label}>
      <pre>
        {text
          .replace(/\n$/, '')
          .split('\n')
          .map((line, index) => (
            <span key={index} class={kindOf(line)}>
              {line === '' ? ' ' : line}
            </span>
          ))}
      </pre>
    </div>
  );
}
