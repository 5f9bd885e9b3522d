/** What people are to know of a release before a device takes it. */
import type { Release } from '../api/answers.ts';
import { Note } from '../part/trouble.tsx';
import { say } from '../words/say.ts';

export function Cautions({ breaking, migration }: Pick<Release, 'breaking' | 'migration'>) {
  return (
    <>
      {breaking === undefined ? null : (
        <Note>
          <span class="strong">{say('release.breaking')}</span> {breaking}
        </Note>
      )}
      {migration === undefined ? null : (
        <Note>
          <span class="strong">{say('release.migration')}</span> {migration}
        </Note>
      )}
    </>
  );
}
