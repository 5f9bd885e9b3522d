/** The pages of a list that is longer than one. */
import { refine } from '../route/place.ts';
import { say } from '../words/say.ts';

interface PagerProperties {
  readonly offset: number;
  readonly limit: number;
  readonly total: number;
}

export function Pager({ offset, limit, total }: PagerProperties) {
  if (total <= limit) return null;
  const to = (next: number) => () => refine({ offset: next <= 0 ? undefined : String(next) });
  return (
    <nav class="line" aria-label={say('table.pages')}>
      <button type="button" class="button small" disabled={offset <= 0} onClick={to(offset - limit)}>
        {say('table.before')}
      </button>
      <span>{say('table.range', { from: offset + 1, to: Math.min(total, offset + limit), total })}</span>
      <button
        type="button"
        class="button small"
        disabled={offset + limit >= total}
        onClick={to(offset + limit)}
      >
        {say('table.next')}
      </button>
    </nav>
  );
}
