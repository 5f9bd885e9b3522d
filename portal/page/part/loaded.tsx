/** What was asked for: while it comes, when it is there, when it does not come. */
import type { ComponentChildren } from 'preact';
import type { Answer } from '../api/answer.ts';
import { say } from '../words/say.ts';
import { FailureNote } from './trouble.tsx';

interface LoadedProperties<T> {
  readonly answer: Answer<T>;
  /** Nothing of the screen is shown without it. */
  readonly isScreen?: boolean;
  readonly children: (value: T) => ComponentChildren;
}

export function Loaded<T>({ answer, isScreen = false, children }: LoadedProperties<T>) {
  const failure = answer.failure.value;
  const value = answer.value.value;
  return (
    <>
      {failure === undefined ? null : (
        <FailureNote facts={failure} again={answer.again} isScreen={isScreen && value === undefined} />
      )}
      {value === undefined ? (
        answer.loading.value ? (
          <p class="quiet" role="status">
            {say('state.loading')}
          </p>
        ) : null
      ) : (
        children(value)
      )}
    </>
  );
}
