/** Something that is wrong: the words, the code, what to do, and where. */
import type { ComponentChildren } from 'preact';
import type { FailureFacts } from '../api/failure.ts';
import { say } from '../words/say.ts';
import { Words } from './words.tsx';

const placeWords = ({ file, line, column }: NonNullable<FailureFacts['position']>): string =>
  [file, line, column].filter(part => part !== undefined).join(':');

interface FailureProperties {
  readonly facts: FailureFacts;
  readonly again?: () => void;
  /** There is nothing else on the screen. */
  readonly isScreen?: boolean;
}

export function FailureNote({ facts, again, isScreen = false }: FailureProperties) {
  const words = facts.status === 404 ? say('state.missing') : facts.message;
  return (
    <div class="trouble" role="alert">
      {isScreen ? (
        <h1>{words}</h1>
      ) : (
        <p>
          <Words text={words} />
        </p>
      )}
      {facts.position === undefined ? null : (
        <p class="small">{say('error.at', { place: placeWords(facts.position) })}</p>
      )}
      {facts.remedy === undefined ? null : (
        <p class="small">
          <Words text={facts.remedy} />
        </p>
      )}
      <p class="quiet small">
        {say('error.code')} <code>{facts.code}</code>
      </p>
      {again === undefined ? null : (
        <p>
          <button type="button" class="button small" onClick={again}>
            {say('state.again')}
          </button>
        </p>
      )}
    </div>
  );
}

/** An address behind which there is nothing. */
export function NotThere() {
  return <FailureNote facts={{ status: 404, code: 'PORTAL_NOT_FOUND', message: '' }} isScreen />;
}

interface NoteProperties {
  readonly tone?: 'bad' | 'notice' | 'quiet';
  readonly children: ComponentChildren;
}

export function Note({ tone = 'notice', children }: NoteProperties) {
  return <div class={tone === 'bad' ? 'trouble' : `trouble ${tone}`}>{children}</div>;
}
