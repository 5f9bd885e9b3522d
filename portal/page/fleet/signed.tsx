/** A commit in a line: what it says, when it was, who vouched for it. */
import type { CommitWord } from '../api/answers.ts';
import { commitWord } from '../part/address.ts';
import { Moment } from '../part/moment.tsx';
import { say } from '../words/say.ts';

export function Signed({ word }: { readonly word: CommitWord }) {
  return (
    <p class="small quiet">
      <code>{commitWord(word.commit)}</code> {word.subject}
      {', '}
      <Moment at={word.time} as="both" />
      {', '}
      {say('timeline.signed', { who: word.vouched })}
    </p>
  );
}
