/** A table in a box of its own: where it is too wide, the box scrolls and not the page. */
import type { ComponentChildren } from 'preact';
import { say } from '../words/say.ts';

interface TableProperties {
  readonly label: string;
  /** Names of the columns. */
  readonly columns: readonly string[];
  readonly children: ComponentChildren;
}

export function Table({ label, columns, children }: TableProperties) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    // biome-ignore lint/a11y/useSemanticElements: no set of fields, and no landmark either
    <div role="group" class="table" aria-label={label} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {columns.map(column => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

interface EmptyProperties {
  readonly columns: number;
  /** Somebody chose what is shown: there may be others. */
  readonly isChosen?: boolean;
}

export function Empty({ columns, isChosen = false }: EmptyProperties) {
  return (
    <tr>
      <td colSpan={columns} class="quiet">
        {say(isChosen ? 'table.empty' : 'table.none')}
      </td>
    </tr>
  );
}
