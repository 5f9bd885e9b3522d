/** A command that does the same in a terminal, to copy. */
import { useSignal } from '@preact/signals';
import { say } from '../words/say.ts';
import { announce } from './announce.tsx';
import { Icon } from './icon.tsx';

interface CopyProperties {
  readonly text: string;
  readonly what: string;
}

export function CopyButton({ text, what }: CopyProperties) {
  const done = useSignal(false);
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(
      () => {
        done.value = true;
        announce(say('copy.done'));
      },
      // Some browsers ask first; the text stands beside it.
      () => undefined,
    );
  };
  return (
    <button type="button" class="button plain small" aria-label={say('copy.do', { what })} onClick={copy}>
      <Icon name={done.value ? 'check' : 'copy'} />
    </button>
  );
}

export function Command({ text }: { readonly text: string }) {
  return (
    <span class="command">
      <code>{text}</code>
      <CopyButton text={text} what={`${say('copy.command')}: ${text}`} />
    </span>
  );
}
