/** What a screen reader says when something has changed that nobody looks at. */
import { signal } from '@preact/signals';

const said = signal('');

export function announce(words: string): void {
  // The same words twice are said twice.
  said.value = said.value === words ? `${words} ` : words;
}

export function Announcer() {
  return (
    <div class="unseen" role="status" aria-live="polite">
      {said}
    </div>
  );
}
