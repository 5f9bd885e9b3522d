/** The box that leads anywhere: `/` goes into it from every screen. */
import { type Signal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Hit, Hits } from '../api/answers.ts';
import { ask, query } from '../api/client.ts';
import { announce } from '../part/announce.tsx';
import { go } from '../route/place.ts';
import { say } from '../words/say.ts';

/** After the last letter. */
const waitMs = 120;

export function Jump() {
  const text = useSignal('');
  const hits = useSignal<readonly Hit[] | undefined>(undefined);
  const chosen = useSignal(0);
  const input = useRef<HTMLInputElement>(null);
  useSlash(input);
  useHits(text, hits, chosen);
  const leave = (): void => {
    text.value = '';
    hits.value = undefined;
    input.current?.blur();
  };
  const open = (hit: Hit | undefined): void => {
    if (hit === undefined) return;
    leave();
    go(hit.path);
  };
  const onKey = (event: KeyboardEvent): void => {
    const count = hits.value?.length ?? 0;
    if (event.key === 'Escape') leave();
    else if (event.key === 'Enter') open(hits.value?.[chosen.value]);
    else if (event.key === 'ArrowDown' && count > 0) chosen.value = (chosen.value + 1) % count;
    else if (event.key === 'ArrowUp' && count > 0) chosen.value = (chosen.value + count - 1) % count;
    else return;
    event.preventDefault();
  };
  const list = hits.value;
  return (
    <search class="jump">
      <input
        ref={input}
        type="search"
        // biome-ignore lint/a11y/noRedundantRoles: it is none without a list of the browser’s own
        role="combobox"
        list={undefined}
        aria-label={say('jump.label')}
        aria-expanded={list !== undefined}
        aria-controls="jump-hits"
        aria-autocomplete="list"
        aria-activedescendant={list?.[chosen.value] === undefined ? undefined : `jump-${chosen.value}`}
        placeholder={say('jump.hint')}
        maxLength={100}
        autoComplete="off"
        spellcheck={false}
        value={text.value}
        onInput={event => (text.value = event.currentTarget.value)}
        onKeyDown={onKey}
        onBlur={() => (hits.value = undefined)}
      />
      {text.value === '' ? <span class="key">/</span> : null}
      {list === undefined ? null : <HitList hits={list} chosen={chosen.value} onOpen={open} />}
    </search>
  );
}

interface HitListProperties {
  readonly hits: readonly Hit[];
  readonly chosen: number;
  readonly onOpen: (hit: Hit) => void;
}

function HitList({ hits, chosen, onOpen }: HitListProperties) {
  if (hits.length === 0) {
    return (
      <div class="hits">
        <p class="quiet">{say('jump.none')}</p>
      </div>
    );
  }
  return (
    // The box keeps the focus and names the one that is chosen.
    <div class="hits" id="jump-hits" role="listbox" aria-label={say('jump.hint')}>
      {hits.map((hit, index) => (
        // biome-ignore lint/a11y/useFocusableInteractive: as above
        // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the box
        <div
          key={`${hit.kind} ${hit.path}`}
          id={`jump-${index}`}
          role="option"
          aria-selected={index === chosen}
          // Before the box loses the focus, and the list with it.
          onMouseDown={event => event.preventDefault()}
          onClick={() => onOpen(hit)}
        >
          <span>{hit.name}</span>
          <small>
            {say(`jump.kind.${hit.kind}`)}
            {hit.more === undefined ? '' : `, ${hit.more}`}
          </small>
        </div>
      ))}
    </div>
  );
}

/** Not where somebody writes. */
function useSlash(input: { readonly current: HTMLInputElement | null }): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const { target } = event;
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return;
      if (target instanceof HTMLElement && target.closest('input, textarea, select, dialog, .xterm') !== null)
        return;
      event.preventDefault();
      input.current?.focus();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [input]);
}

function useHits(
  text: Signal<string>,
  hits: Signal<readonly Hit[] | undefined>,
  chosen: Signal<number>,
): void {
  const wanted = text.value.trim();
  useEffect(() => {
    if (wanted === '') {
      hits.value = undefined;
      return undefined;
    }
    const controller = new AbortController();
    const timer = setTimeout(() => {
      ask<Hits>(`/jump${query({ q: wanted })}`, { signal: controller.signal }).then(
        answer => {
          hits.value = answer.hits;
          chosen.value = 0;
          announce(say('jump.hits', { count: answer.hits.length }));
        },
        () => undefined,
      );
    }, waitMs);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [wanted, hits, chosen]);
}
