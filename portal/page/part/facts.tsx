/** Names with what stands behind them; what is not there has no line. */
import type { ComponentChildren } from 'preact';

export type FactLine = readonly [name: string, value: ComponentChildren];

export function Facts({ lines }: { readonly lines: readonly (FactLine | undefined)[] }) {
  return (
    <dl class="facts">
      {lines.map(line =>
        line === undefined ? null : (
          <div key={line[0]}>
            <dt>{line[0]}</dt>
            <dd>{line[1]}</dd>
          </div>
        ),
      )}
    </dl>
  );
}
